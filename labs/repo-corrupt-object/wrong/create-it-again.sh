#!/bin/bash
export HOME=/nonexistent
token={{root_token}}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --silent --request DELETE --header "PRIVATE-TOKEN: $token" --output /dev/null http://localhost/api/v4/projects/root%2F{{project}}
for _ in {1..100}; do
  curl --silent --fail --header "PRIVATE-TOKEN: $token" --output /dev/null --data name={{project}} --data path={{project}} \
    http://localhost/api/v4/projects && break
  sleep 0.3
done
git clone --quiet --mirror /srv/support/{{developer}}.bundle "$work/old.git"
git -C "$work/old.git" push --quiet --mirror "http://root:$token@localhost/root/"{{project}}.git 2>/dev/null || true
