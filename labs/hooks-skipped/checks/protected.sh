#!/bin/bash
ssh_key {{developer}}
remote=$(ssh_remote root/{{project}})
! push_empty "$remote" main || fail "a developer pushes to the protected branch, and is let through"
grep -q 'protected branch' "$WORK/said" || fail "a developer's push fails, but not because the branch is protected"
git_try "cannot read the branch" -C "$WORK/clone" fetch --quiet "$remote" main
! git -C "$WORK/clone" merge-base --is-ancestor HEAD FETCH_HEAD || fail "a refused push has changed the branch"
