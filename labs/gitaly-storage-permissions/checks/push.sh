#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
echo "$NAME" > "$NAME"
git add "$NAME"
git commit --quiet --message "$NAME"
git_try "cannot push to main" push --quiet "$remote" HEAD:main
git_try "cannot push a branch" push --quiet "$remote" "HEAD:refs/heads/feature/$NAME"
git_try "cannot push a tag" push --quiet "$remote" "HEAD:refs/tags/$NAME"
[ "$(api GET "/projects/root%2F"{{project}}"/repository/commits/main" | jq -r .id)" = "$(git rev-parse HEAD)" ] ||
  fail "a push is accepted, and then its commit is not in GitLab"
git_try "cannot delete a branch and a tag" push --quiet "$remote" ":refs/heads/feature/$NAME" ":refs/tags/$NAME"
