#!/bin/bash
cd /var/opt/gitlab/gitaly/custom_hooks
sed -i 's/\r$//' ticket-prefixes pre-receive.d/10-commit-policy
chown git:git ticket-prefixes pre-receive.d/10-commit-policy
