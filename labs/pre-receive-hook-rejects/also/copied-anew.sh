#!/bin/bash
# The program as it was delivered, the list typed again; nobody but root can change them.
hooks=/var/opt/gitlab/gitaly/custom_hooks
install -o root -g root -m 755 /root/commit-policy-2023/10-commit-policy $hooks/pre-receive.d/10-commit-policy
rm $hooks/ticket-prefixes
printf '%s\n' {{added}} {{second}} {{first}} > $hooks/ticket-prefixes
