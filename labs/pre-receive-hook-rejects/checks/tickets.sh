#!/bin/bash
branch=refs/heads/$(pick feature fix topic)-$NAME
# tries PERSON SUBJECTS...
tries() {
  clone_as "$1" "root/$(pick {{project}} sandbox)"
  shift
  local before subject
  before=$(git rev-parse HEAD)
  for subject; do
    git reset --quiet --hard "$before"
    git commit --quiet --allow-empty --message "$subject"
    refused "the commit “$subject”" "names no ticket"
  done
}
tries root "$(work_line)" "$(pick XY QQ LEGAL)-$RANDOM $(work_line)"
tries "$(pick gunnar {{developer}})" "See "{{first}}"-3 $(work_line)" "$(work_line)"
# A good commit at the end does not excuse the one before.
git commit --quiet --allow-empty --message {{first}}"-$((RANDOM % 900 + 1)) $(work_line)"
refused "a commit without a ticket behind one with a ticket" "names no ticket"
git reset --quiet --hard HEAD~2
git commit --quiet --allow-empty --message {{second}}"-$((RANDOM % 900 + 1)) $(work_line)"
git_try "cannot push a commit with a ticket" push --quiet "$remote" "HEAD:$branch"
git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
