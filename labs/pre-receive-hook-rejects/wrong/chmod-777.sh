#!/bin/bash
chmod -R 777 /var/opt/gitlab/gitaly/custom_hooks
