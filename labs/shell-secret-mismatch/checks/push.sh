#!/bin/bash
person=$(pick {{user}} {{colleague}})
project=root/$(pick {{project}} roadworks)
ssh_key "$person"
remotes=("$(ssh_remote "$project")")
user_token "$person"
remotes+=("$(http_remote "$project" "$person" "$TOKEN")")
for way in 0 1; do
  branch=refs/heads/$NAME-$way
  push_empty "${remotes[way]}" "$branch" || fail "$person cannot push: $(git_reason "$WORK/said")"
  # Who was let in one way finds it the other way.
  [ "$(git ls-remote "${remotes[1 - way]}" "$branch" | cut -f1)" = "$(git -C "$WORK/clone" rev-parse HEAD)" ] ||
    fail "a push is accepted, and then it is not there"
  git_try "cannot delete a branch" -C "$WORK/clone" push --quiet "${remotes[way]}" ":$branch"
done
