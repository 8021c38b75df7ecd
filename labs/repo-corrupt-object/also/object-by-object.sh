#!/bin/bash
# What fsck misses, one after the other, out of what the developer has.
set -e
cd /tmp
export HOME=/nonexistent PATH=/opt/gitlab/embedded/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
git clone --quiet --bare /srv/support/{{developer}}.bundle "$work/good.git"
find /var/opt/gitlab/git-data/repositories/@hashed -path '*/objects/*' -type f -empty | while read -r file; do
  object=$(basename "$(dirname "$file")")$(basename "$file")
  kind=$(git -C "$work/good.git" cat-file -t "$object")
  git -C "$work/good.git" cat-file "$kind" "$object" > "$work/content"
  chmod 644 "$work/content"
  rm "$file"
  chpst -u git:git git -C "${file%/objects/*}" hash-object -w --literally -t "$kind" --stdin < "$work/content" >/dev/null
done
