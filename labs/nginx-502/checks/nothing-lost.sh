#!/bin/bash
path=/projects/root%2F{{project}}/issues
titles=$(api GET "$path?per_page=100" | jq -r '.[].title')
for issue in 1 2 3; do
  grep -qx "Request $issue" <<<"$titles" || fail "issue “Request $issue” is gone"
done
api POST "$path" --data-urlencode title={{nonce}} >/dev/null
api GET "$path?per_page=100" | jq -r '.[].title' | grep -x {{nonce}} >/dev/null || fail "a new issue is accepted and then not there"
