#!/bin/bash
# forbidden BRANCH
forbidden() {
  ! push_empty "$remote" "refs/heads/$1" || fail "a developer pushes to the protected branch $1, and is let through"
  grep -q 'GitLab: You are not allowed to push code to protected branches' "$WORK/said" ||
    fail "a developer's push to $1 fails, but not because the branch is protected"
  git_try "cannot read the branch" -C "$WORK/clone" fetch --quiet "$remote" "$1"
  ! git -C "$WORK/clone" merge-base --is-ancestor HEAD FETCH_HEAD || fail "a refused push has changed the branch"
}
project=$(pick {{project}} runbooks)
url=/projects/root%2F$project
newcomer
api POST "$url/members" --data user_id="$LOGIN_ID" --data access_level=30 >/dev/null
undo "$url/members/$LOGIN_ID"
come_as "$(pick {{developer}} {{colleague}} "$LOGIN")" "root/$project"
forbidden main

# Protection is a setting, and this one is made now: what only knows main and yesterday's people does not know it.
branch=$(pick release support hotfix)-$(pick 2024 2025 2026).$RANDOM
api POST "$url/repository/branches" --data branch="$branch" --data ref=main >/dev/null
api POST "$url/protected_branches" --data name="$branch" --data push_access_level=40 --data merge_access_level=40 >/dev/null
undo "$url/protected_branches/$branch"
undo "$url/repository/branches/$branch"
forbidden "$branch"
api PATCH "$url/protected_branches/$branch" --data push_access_level=30 >/dev/null
push_empty "$remote" "refs/heads/$branch" || fail "a developer may push to $branch and cannot: $(git_reason "$WORK/said")"
