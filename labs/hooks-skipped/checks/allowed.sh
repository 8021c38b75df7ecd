#!/bin/bash
# pushes BRANCH: one empty commit more there.
pushes() {
  git_try "cannot clone" clone --quiet "$remote" "$WORK/$user"
  git -C "$WORK/$user" commit --quiet --allow-empty --message "Check $NAME"
  git_try "$user cannot push to $1" -C "$WORK/$user" push --quiet "$remote" "HEAD:refs/heads/$1"
}
remote=$(ssh_remote root/{{project}})
user={{developer}}
ssh_key "$user"
pushes $NAME
git_try "cannot delete a branch" -C "$WORK/$user" push --quiet "$remote" :refs/heads/$NAME
user=root
ssh_key
pushes main
