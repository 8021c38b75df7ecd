#!/bin/bash
person=$(pick {{developer}} {{colleague}} petra)
project=$(pick {{project}} runbooks)
ssh_key "$person"
remote=$(ssh_remote "root/$project")
branch=$(pick feature fix draft)-$NAME
push_empty "$remote" "refs/heads/$branch" || fail "cannot push a branch: $(git_reason "$WORK/said")"
# GitLab says this to whoever pushes, while he waits.
grep -q "To create a merge request for $branch" "$WORK/said" || fail "a push succeeds, and GitLab does not know of it"
commit=$(git -C "$WORK/clone" rev-parse HEAD)
appears() {
  api GET "/projects/root%2F$project/events?per_page=50" | jq -e --arg branch "$branch" --arg commit "$commit" --arg person "$person" \
    'any(.[]; .push_data.ref == $branch and .push_data.commit_to == $commit and .author.username == $person)' >/dev/null
}
within 20 appears || fail "a push does not appear in the project's activity"
git_try "cannot delete a branch" -C "$WORK/clone" push --quiet "$remote" ":refs/heads/$branch"
