#!/bin/bash
ssh_key
limit={{limit}}
remote=$(ssh_remote root/{{project}})
git_try "cannot clone" clone --quiet "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
branch=refs/heads/$NAME
# The push must be refused by the hook, with its reason, and must not be there.
refused() {
  if timeout 30 git push "$remote" "HEAD:$branch" >"$WORK/said" 2>&1 </dev/null; then
    git push --quiet "$remote" ":$branch" 2>/dev/null
    fail "$1 is let through"
  fi
  grep -q "GL-HOOK-ERR: .*$2" "$WORK/said" || fail "$1 is refused, and nobody is told why"
}
head -c $((limit * 1024 + 1)) /dev/urandom > $NAME
git add $NAME
git commit --quiet --message {{first}}"-418 $NAME"
refused "a file above the limit" "is larger than"
