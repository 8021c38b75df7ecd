#!/bin/bash
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" gc --quiet --prune=now 2>/dev/null || true
done
