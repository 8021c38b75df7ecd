#!/bin/bash
# Out of what lies there into a bundle, and from it back in its place, as the account that owns the rest.
set -e
export HOME=/nonexistent PATH=/opt/gitlab/embedded/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  [ -n "$(find "$repository" ! -user git)" ] || continue
  git -c safe.directory='*' -C "$repository" bundle create --quiet "$work/all.bundle" --all
  rm -r "$repository"
  install -d -o git -g git -m 2770 "$repository"
  chpst -u git:git git init --quiet --bare --initial-branch main "$repository"
  chpst -u git:git git -C "$repository" fetch --quiet "$work/all.bundle" '+refs/*:refs/*'
done
