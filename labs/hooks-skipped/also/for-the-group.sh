#!/bin/bash
# Nobody but root and the account that has to start them.
for file in /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys; do
  chown root:git "$file"
  chmod 0750 "$file"
done
