#!/bin/bash
project=/projects/root%2F{{project}}
issues=$(api GET "$project/issues?per_page=100" | jq -c '.[] | select(.iid <= 3) | [.iid, .title, .description, .labels, .author.username]' | sort)
for issue in 1 2 3; do
  expected=$(jq -cn --argjson issue $issue --arg salt {{salt}} \
    '[$issue, "Request \($issue)", "Wanted by customer \($issue), \($salt)", ["wish", "prio-\($issue)"], "root"]')
  grep -Fx "$expected" <<<"$issues" >/dev/null || fail "issue “Request $issue” is gone, or not what it was"
  [ "$(api GET "$project/issues/$issue/notes" | jq -r '.[].body')" = "Answer to request $issue" ] || fail "what was said in issue $issue is gone"
done
found=$(api GET "$project")
[ "$(jq -r '.marked_for_deletion_on // empty' <<<"$found")" = "" ] || fail "root/"{{project}}" is about to be deleted"
made=$(jq -r .created_at <<<"$found")
other=$(api GET /projects/root%2Ftimesheets | jq -r .created_at)
[[ $made < $other ]] || fail "root/"{{project}}" is not the project that it was, but a new one of that name"
merge_request=$(api GET "$project/merge_requests/1")
[ "$(jq -r '.title + " " + .source_branch' <<<"$merge_request")" = "Round properly rounding" ] || fail "the merge request about rounding is gone"
commit=$(jq -r .sha <<<"$merge_request")
text=$(api GET "$project/repository/files/src%2Frounding/raw?ref=$commit")
[ "$text" = "half up" ] || fail "what the merge request proposes is gone"
