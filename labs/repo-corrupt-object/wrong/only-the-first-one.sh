#!/bin/bash
# Mends what the first failed clone names, and declares victory.
cd /tmp
export HOME=/nonexistent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --bare /srv/support/{{developer}}.bundle "$work/good.git"
file=$(find /var/opt/gitlab/git-data/repositories/@hashed -path '*/objects/*' -type f -empty | sort | sed -n 1p)
[ -n "$file" ] || exit 0
object=$(basename "$(dirname "$file")")$(basename "$file")
kind=$(git -C "$work/good.git" cat-file -t "$object")
git -C "$work/good.git" cat-file "$kind" "$object" > "$work/content"
chmod 755 "$work"
rm "$file"
chpst -u git:git git -C "${file%/objects/*}" hash-object -w --literally -t "$kind" --stdin < "$work/content" >/dev/null
