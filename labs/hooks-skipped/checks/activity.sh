#!/bin/bash
ssh_key {{developer}}
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
git commit --quiet --allow-empty --message "$NAME"
git_try "cannot push a branch" push --quiet "$remote" "HEAD:refs/heads/$NAME"
appears() { api GET /projects/root%2F{{project}}'/events?per_page=20' | jq -e --arg name "$NAME" 'any(.[]; .push_data.ref == $name)' >/dev/null; }
within 20 appears || fail "a push does not appear in the project's activity"
git_try "cannot delete a branch" push --quiet "$remote" ":refs/heads/$NAME"
