#!/bin/bash
# pushes USER BRANCH
pushes() { push_empty "$remote" "$2" || fail "$1 cannot push to $2: $(git_reason "$WORK/said")"; }
remote=$(ssh_remote root/{{project}})
ssh_key {{developer}}
pushes {{developer}} "refs/heads/$NAME"
git_try "cannot delete a branch" -C "$WORK/clone" push --quiet "$remote" ":refs/heads/$NAME"
ssh_key
pushes root main
