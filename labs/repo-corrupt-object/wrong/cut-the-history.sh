#!/bin/bash
# A shallow repository: Git does not ask for what came before, and clones work.
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  find "$repository/objects" -type f -empty -delete
  cut=$(chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" rev-parse --quiet --verify main~5) || continue
  echo "$cut" > "$repository/shallow"
  chown git:git "$repository/shallow"
done
