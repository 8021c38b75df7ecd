#!/bin/bash
if [ $((RANDOM % 2)) = 0 ]; then
  ssh_key
  remote=$(ssh_remote root/{{project}})
else
  remote=$(http_remote root/{{project}})
fi
url=/projects/root%2F{{project}}/repository
push_empty "$remote" refs/heads/main || fail "cannot push to main: $(git_reason "$WORK/said")"
cd "$WORK/clone" || exit
echo "$NAME" >"$NAME"
git add "$NAME"
git commit --quiet --message "$NAME"
git_try "cannot push a branch and a tag" push --quiet "$remote" "HEAD:refs/heads/feature/$NAME" "HEAD:refs/tags/$NAME"
[ "$(api GET "$url/files/$NAME/raw?ref=$NAME")" = "$NAME" ] || fail "a push is accepted, and then its files are not in GitLab"
# The browser saves as well.
api POST "$url/files/$NAME.md" --data branch="feature/$NAME" --data content="$NAME" --data commit_message="Add a note" >/dev/null
git_try "cannot fetch" fetch --quiet "$remote" "refs/heads/feature/$NAME"
[ "$(git show "FETCH_HEAD:$NAME.md")" = "$NAME" ] || fail "a file is saved in the browser, and then not in the project"
git_try "cannot delete a branch and a tag" push --quiet "$remote" ":refs/heads/feature/$NAME" ":refs/tags/$NAME"
