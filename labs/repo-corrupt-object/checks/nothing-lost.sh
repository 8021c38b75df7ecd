#!/bin/bash
titles=$(api GET /projects/root%2F{{project}}/issues'?per_page=100' | jq -r '.[].title')
for issue in 1 2 3; do
  grep -qx "Request $issue" <<<"$titles" || fail "issue “Request $issue” is gone"
done
