#!/bin/bash
ssh_key
git_try "cannot clone" clone --quiet --mirror "$(ssh_remote root/{{project}})" "$WORK/clone"
cd "$WORK/clone" || exit
git fsck --no-progress >/dev/null 2>&1 || fail "what is cloned is not a whole repository"
for name in main feature/autumn-prices v1.0 v1.1; do
  git rev-parse --quiet --verify "$name^{commit}" >/dev/null || fail "the branch or tag $name is gone"
done
history=$(git log --format=%s main)
for day in {10..21}; do
  grep -qx "Change $day of "{{project}}", reference "{{salt}} <<<"$history" || fail "commits of the history of main are gone"
done
