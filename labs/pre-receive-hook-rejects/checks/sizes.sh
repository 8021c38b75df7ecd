#!/bin/bash
ssh_key
limit={{limit}}
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
branch=refs/heads/$NAME
head -c $((limit * 1024 + 1)) /dev/urandom > $NAME
git add $NAME
git commit --quiet --message {{first}}"-418 $NAME"
refused "a file above the limit" "is larger than"
