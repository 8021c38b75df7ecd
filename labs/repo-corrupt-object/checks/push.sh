#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
echo "$NAME" > "$NAME"
git add "$NAME"
git commit --quiet --message "$NAME"
git_try "cannot push" push --quiet "$remote" "HEAD:refs/heads/$NAME"
[ "$(git ls-remote "$remote" "refs/heads/$NAME" | cut -f1)" = "$(git rev-parse HEAD)" ] || fail "a push is accepted, and then it is not there"
git_try "cannot delete a branch" push --quiet "$remote" ":refs/heads/$NAME"
