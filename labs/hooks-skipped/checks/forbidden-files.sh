#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
for file in "$NAME."{{forbidden}} "deep/$NAME.key"; do
  git checkout --quiet --detach origin/main
  mkdir -p deep
  echo "$NAME" > "$file"
  git add "$file"
  git commit --quiet --message "$NAME"
  if timeout 30 git push "$remote" "HEAD:refs/heads/$NAME" >"$WORK/said" 2>&1 </dev/null; then
    git push --quiet "$remote" ":refs/heads/$NAME" 2>/dev/null
    fail "a key file is let through"
  fi
  grep -q 'GL-HOOK-ERR: .*keys belong into the vault' "$WORK/said" || fail "a key file is refused, but not by the rule about keys"
done
