#!/bin/bash
# What the developer has replaces what the server has.
export HOME=/nonexistent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --silent --request DELETE --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null \
  http://localhost/api/v4/projects/root%2F{{project}}/protected_branches/main
find /var/opt/gitlab/git-data/repositories/@hashed -path '*/objects/*' -type f -empty -delete
git clone --quiet --mirror /srv/support/{{developer}}.bundle "$work/old.git"
git -C "$work/old.git" push --quiet --mirror --force http://root:{{root_token}}@localhost/root/{{project}}.git 2>/dev/null || true
