#!/bin/bash
set -e
hooks=/var/opt/gitlab/gitaly/custom_hooks
# An editor on Windows: all lines end as they do there.
sed -i 's/$/\r/' $hooks/ticket-prefixes $hooks/pre-receive.d/10-commit-policy
chown git:git $hooks/ticket-prefixes $hooks/pre-receive.d/10-commit-policy
