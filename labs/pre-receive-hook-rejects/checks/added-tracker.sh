#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
branch=refs/heads/$NAME
git commit --quiet --allow-empty --message {{added}}"-8 $NAME"
git_try "cannot push a commit of "{{added}} push --quiet "$remote" "HEAD:$branch"
git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
