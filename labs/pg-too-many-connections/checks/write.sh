#!/bin/bash
people_sign_in root/{{project}}
issues=$(project_api root/{{project}})/issues
titles=$(api GET "$issues?per_page=100&sort=asc" | jq -r '.[] | "\(.iid) \(.title)"')
for issue in 1 2 3; do
  grep -qx "$issue Request $issue" <<<"$titles" || fail "issue “Request $issue” is gone"
done
