#!/bin/bash
# A shallow repository: Git does not ask for what came before, and clones work.
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  find "$repository/objects" -type f -empty -delete
  chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" rev-parse main~5 > "$repository/shallow"
  chown git:git "$repository/shallow"
done
