#!/bin/bash
path=/projects/root%2F{{project}}/issues
# Long and not to be compressed, so that no gap in a file takes it.
head -c 300000 /dev/urandom | base64 -w 0 > /tmp/long
for kind in short long; do
  title={{nonce}}-$kind
  [ "$kind" = long ] || echo "A short one" > /tmp/short
  api POST "$path" --data-urlencode "title=$title" --data-urlencode "description@/tmp/$kind" >/dev/null
  api GET "$path?per_page=100" | jq -r '.[].title' | grep -x -- "$title" >/dev/null || fail "a new issue is accepted and then not there"
done
