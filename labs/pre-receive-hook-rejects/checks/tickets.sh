#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
branch=refs/heads/$NAME
before=$(git rev-parse HEAD)
for subject in $NAME "XY-12 $NAME" "See "{{first}}"-3 $NAME"; do
  git reset --quiet --hard "$before"
  git commit --quiet --allow-empty --message "$subject"
  refused "the commit “$subject”" "names no ticket"
done
# A good commit at the end does not excuse the one before.
git commit --quiet --allow-empty --message {{first}}"-9 $NAME"
refused "a commit without a ticket behind one with a ticket" "names no ticket"
git reset --quiet --hard "$before"
git commit --quiet --allow-empty --message {{second}}"-10 $NAME"
git_try "cannot push a commit with a ticket" push --quiet "$remote" "HEAD:$branch"
git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
