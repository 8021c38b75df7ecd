#!/bin/bash
set -e
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  [ -n "$(find "$repository/objects" -type f -empty)" ] || continue
  find "$repository/objects" -type f -empty -delete
  # All that the developer has, into a pack; git compares what is there already.
  chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" bundle unbundle /srv/support/{{developer}}.bundle >/dev/null
  chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" fsck --full >/dev/null
done
