#!/bin/bash
name=check-{{nonce}}
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
echo "$name" > "$name"
git add "$name"
git commit --quiet --message "$name"
git_try "cannot push" push --quiet "$remote" "HEAD:refs/heads/$name"
[ "$(git ls-remote "$remote" "refs/heads/$name" | cut -f1)" = "$(git rev-parse HEAD)" ] || fail "a push is accepted, and then it is not there"
git_try "cannot delete a branch" push --quiet "$remote" ":refs/heads/$name"
