#!/bin/bash
cd /root/commit-policy-2023
cp ticket-prefixes /var/opt/gitlab/gitaly/custom_hooks/
cp 10-commit-policy /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/
