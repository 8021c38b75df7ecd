#!/bin/bash
name=check-{{nonce}}
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
echo "$name" > "$name"
git add "$name"
git commit --quiet --message "$name"
git_try "cannot push to main" push --quiet "$remote" HEAD:main
git_try "cannot push a branch" push --quiet "$remote" "HEAD:refs/heads/feature/$name"
git_try "cannot push a tag" push --quiet "$remote" "HEAD:refs/tags/$name"
[ "$(api GET "/projects/root%2F"{{project}}"/repository/commits/main" | jq -r .id)" = "$(git rev-parse HEAD)" ] ||
  fail "a push is accepted, and then its commit is not in GitLab"
git_try "cannot delete a branch and a tag" push --quiet "$remote" ":refs/heads/feature/$name" ":refs/tags/$name"
