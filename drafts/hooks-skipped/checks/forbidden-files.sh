#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
name=check-{{nonce}}
for file in "$name."{{forbidden}} "deep/$name.key"; do
  git checkout --quiet --detach origin/main
  mkdir -p deep
  echo "$name" > "$file"
  git add "$file"
  git commit --quiet --message "$name"
  if timeout 30 git push "$remote" "HEAD:refs/heads/$name" >"$WORK/said" 2>&1 </dev/null; then
    git push --quiet "$remote" ":refs/heads/$name" 2>/dev/null
    fail "a key file is let through"
  fi
  grep -q 'GL-HOOK-ERR: .*keys belong into the vault' "$WORK/said" || fail "a key file is refused, but not by the rule about keys"
done
