#!/bin/bash
ssh_key
limit={{limit}}
for project in {{project}} sandbox; do
  remote=$(ssh_remote root/$project)
  git_try "cannot clone root/$project" clone --quiet "$remote" "$WORK/$project"
  cd "$WORK/$project" || exit
  for tracker in {{first}} {{second}}; do
    branch=refs/heads/$NAME-$tracker
    # Just below the limit.
    head -c $((limit * 1024 - 10)) /dev/urandom > "file-$tracker"
    git add "file-$tracker"
    git commit --quiet --message "$tracker-417 $NAME"
    git_try "cannot push a commit of $tracker to root/$project" push --quiet "$remote" "HEAD:$branch"
    [ "$(git ls-remote "$remote" "$branch" | cut -f1)" = "$(git rev-parse HEAD)" ] || fail "a push is accepted, and then it is not there"
    git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
  done
done
