#!/bin/bash
# A developer may not push to the protected branch, and the hook must say so: a push that fails otherwise proves nothing.
ssh_key {{user}}
git_try {{user}}" cannot clone" clone --quiet "$(ssh_remote root/{{project}})" "$WORK/clone"
git -C "$WORK/clone" commit --quiet --allow-empty --message $NAME
timeout 30 git -C "$WORK/clone" push --quiet origin HEAD:main 2>"$WORK/said" </dev/null &&
  fail "a developer can push to the protected branch"
grep -q 'not allowed to push code to protected branches' "$WORK/said" ||
  fail "a push to the protected branch is not refused for its protection: $(git_reason "$WORK/said")"
