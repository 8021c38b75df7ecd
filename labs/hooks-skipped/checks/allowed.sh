#!/bin/bash
# pushes USER BRANCH
pushes() { push_empty "$remote" "$2" || fail "$1 cannot push to $2: $(git_reason "$WORK/said")"; }
project=$(pick {{project}} runbooks)
person=$(pick {{developer}} {{colleague}})
remote=$(ssh_remote "root/$project")
ssh_key "$person"
pushes "$person" "refs/heads/$NAME"
# No key, whatever its name sounds like.
mkdir -p "$WORK/clone/docs"
echo "$NAME" | tee "$WORK/clone/docs/keys-$NAME.md" >"$WORK/clone/docs/$NAME."{{forbidden}}.txt
git -C "$WORK/clone" add docs
git -C "$WORK/clone" commit --quiet --message "Say where keys are kept"
git_try "cannot push a text about keys" -C "$WORK/clone" push --quiet "$remote" "HEAD:refs/heads/$NAME"
git_try "cannot delete a branch" -C "$WORK/clone" push --quiet "$remote" ":refs/heads/$NAME"
maintainer=$(pick root petra)
ssh_key "$maintainer"
pushes "$maintainer" refs/heads/main
