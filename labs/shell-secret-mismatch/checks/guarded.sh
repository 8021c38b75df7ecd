#!/bin/bash
# A developer may not push to a protected branch, and the hook must say so: a push that fails otherwise proves nothing.
# forbidden BRANCH
forbidden() {
  ! push_empty "$remote" "refs/heads/$1" || fail "a developer can push to the protected branch $1"
  grep -q 'not allowed to push code to protected branches' "$WORK/said" ||
    fail "a push to the protected branch $1 is not refused for its protection: $(git_reason "$WORK/said")"
}
project=$(pick {{project}} roadworks)
url=/projects/root%2F$project
newcomer
api POST "$url/members" --data user_id="$LOGIN_ID" --data access_level=30 >/dev/null
undo "$url/members/$LOGIN_ID"
come_as "$(pick {{user}} {{colleague}} "$LOGIN")" "root/$project"
forbidden main

# A rule that is made now, so that only who asks GitLab knows it.
branch=$(pick release support hotfix)-$(pick 2024 2025 2026).$RANDOM
api POST "$url/repository/branches" --data branch="$branch" --data ref=main >/dev/null
api POST "$url/protected_branches" --data name="$branch" --data push_access_level=40 --data merge_access_level=40 >/dev/null
undo "$url/protected_branches/$branch"
undo "$url/repository/branches/$branch"
forbidden "$branch"
api PATCH "$url/protected_branches/$branch" --data push_access_level=30 >/dev/null
push_empty "$remote" "refs/heads/$branch" || fail "a developer may push to $branch and cannot: $(git_reason "$WORK/said")"
