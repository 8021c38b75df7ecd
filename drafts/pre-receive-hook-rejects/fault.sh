#!/bin/bash
set -e
hooks=/var/opt/gitlab/gitaly/custom_hooks
# An editor on Windows: one line more, and all lines end as they do there.
echo {{added}} >> $hooks/ticket-prefixes
sed -i 's/$/\r/' $hooks/ticket-prefixes $hooks/pre-receive.d/10-commit-policy
chown git:git $hooks/ticket-prefixes $hooks/pre-receive.d/10-commit-policy
