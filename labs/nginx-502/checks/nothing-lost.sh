#!/bin/bash
issues=$(project_api root/{{project}})/issues
titles=$(api GET "$issues?per_page=100&sort=asc" | jq -r '.[] | "\(.iid) \(.title)"')
for issue in 1 2 3; do
  grep -qx "$issue Request $issue" <<<"$titles" || fail "issue “Request $issue” is gone"
done
iid=$(api POST "$issues" --data-urlencode "title=$TITLE" --data-urlencode "description=$FULL_NAME" | jq .iid)
seen=$(api GET "$issues/$iid" | jq -r '.title + .description')
[ "$seen" = "$TITLE$FULL_NAME" ] || fail "a new issue is accepted and then not there"
