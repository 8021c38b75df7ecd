#!/bin/bash
set -e
# The hardening guide: what pushes start belongs to root and is nobody else's business.
for file in /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys; do
  chown root:root "$file"
  chmod {{mode}} "$file"
done
