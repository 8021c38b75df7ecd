#!/bin/bash
ssh_key {{developer}}
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
before=$(git rev-parse HEAD)
git commit --quiet --allow-empty --message "$NAME"
if timeout 30 git push "$remote" HEAD:main >"$WORK/said" 2>&1 </dev/null; then
  fail "a developer pushes to the protected branch, and is let through"
fi
grep -q 'protected branch' "$WORK/said" || fail "a developer's push fails, but not because the branch is protected"
git_try "cannot read the branch" fetch --quiet "$remote" main
[ "$(git rev-parse FETCH_HEAD)" = "$before" ] || fail "a refused push has changed the branch"
