#!/bin/bash
ssh_key
for project in checkout pricing stockroom; do
  titles=$(api GET "/projects/root%2F$project/issues?per_page=100" | jq -r '.[].title')
  for issue in 1 2 3; do
    grep -qx "$project request $issue" <<<"$titles" || fail "issue “$project request $issue” is gone"
  done
  [ $project != {{project}} ] || continue
  git_try "cannot clone root/$project" clone --quiet "$(ssh_remote root/$project)" "$WORK/$project"
  grep -q "Change 21 of $project, reference "{{salt}} "$WORK/$project/CHANGES.md" || fail "commits of root/$project are gone"
  git_try "cannot push to root/$project" -C "$WORK/$project" push --quiet origin "HEAD:refs/heads/$NAME"
  git_try "cannot push to root/$project" -C "$WORK/$project" push --quiet origin ":refs/heads/$NAME"
done
