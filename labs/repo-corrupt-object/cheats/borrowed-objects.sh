#!/bin/bash
# What is missing is borrowed from a folder beside, which nobody will miss until it is gone.
set -e
mkdir -p /srv/spare
git clone --quiet --bare /srv/support/{{developer}}.bundle /srv/spare/objects.git
chown -R git:git /srv/spare
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  [ -n "$(find "$repository/objects" -type f -empty)" ] || continue
  find "$repository/objects" -type f -empty -delete
  echo /srv/spare/objects.git/objects >"$repository/objects/info/alternates"
  chown -R git:git "$repository/objects/info"
done
