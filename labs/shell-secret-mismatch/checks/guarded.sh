#!/bin/bash
# A developer may not push to the protected branch, and the hook must say so: a push that fails otherwise proves nothing.
ssh_key {{user}}
! push_empty "$(ssh_remote root/{{project}})" main || fail "a developer can push to the protected branch"
grep -q 'not allowed to push code to protected branches' "$WORK/said" ||
  fail "a push to the protected branch is not refused for its protection: $(git_reason "$WORK/said")"
