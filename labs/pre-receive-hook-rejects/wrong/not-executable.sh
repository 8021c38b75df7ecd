#!/bin/bash
chmod -x /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/10-commit-policy
