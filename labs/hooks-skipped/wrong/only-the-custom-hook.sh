#!/bin/bash
chmod 755 /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys
