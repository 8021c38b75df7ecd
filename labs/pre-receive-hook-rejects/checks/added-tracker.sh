#!/bin/bash
branch=refs/heads/$(pick feature fix topic)-$NAME
for person in root "$(pick gunnar {{developer}})"; do
  clone_as "$person" "root/$(pick {{project}} sandbox)"
  git commit --quiet --allow-empty --message {{added}}"-$((RANDOM % 900 + 1)) $(work_line)"
  git_try "cannot push a commit of "{{added}} push --quiet "$remote" "HEAD:$branch"
  git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
  # It is one tracker more, not all of them.
  git commit --quiet --amend --allow-empty --message "$(pick LUNA VEGA ATLAS)-$((RANDOM % 900 + 1)) $(work_line)"
  refused "a commit of an unknown tracker" "names no ticket"
done
