#!/bin/bash
# The first N commits of the project, as a stream for fast-import; the same every time: history N
history() {
  local n text
  for ((n = 1; n <= $1; n++)); do
    printf 'commit refs/heads/main\nmark :%d\ncommitter Team <team@example.com> %d +0000\n' "$n" $((1709280000 + n * 86400))
    text="Step $n of "{{project}}
    printf 'data %d\n%s\n' "${#text}" "$text"
    for file in CHANGES "src/part-$((n % 4))" "docs/page-$((n % 3))"; do
      text="$file of "{{project}}" at step $n, "{{salt}}
      printf 'M 100644 inline %s\ndata %d\n%s\n' "$file" "${#text}" "$text"
    done
    [ $((n % 7)) -ne 0 ] || printf 'reset refs/tags/v1.%d\nfrom :%d\n\n' $((n / 7)) "$n"
  done
  [ "$1" -lt 30 ] || printf 'reset refs/heads/release/1.x\nfrom :28\n\n'
}
git init --quiet --bare --initial-branch main "$WORK/expected"
history 30 | git -C "$WORK/expected" fast-import --quiet
if [ $((RANDOM % 2)) = 0 ]; then
  ssh_key
  remote=$(ssh_remote root/{{project}})
else
  remote=$(http_remote root/{{project}})
fi
git_try "cannot clone" clone --quiet --mirror "$remote" "$WORK/clone"
git -C "$WORK/clone" fsck --full --no-progress >/dev/null 2>&1 || fail "what is cloned is not a whole repository"
[ ! -e "$WORK/clone/shallow" ] || fail "a clone does not get the whole history"
# Each ref must be where it was; branches may have grown by what was pushed since.
while read -r object name; do
  case $name in
    refs/tags/*) [ "$(git -C "$WORK/clone" rev-parse --quiet --verify "$name")" = "$object" ] || fail "$name is another one, or is gone" ;;
    *) git -C "$WORK/clone" merge-base --is-ancestor "$object" "$name" 2>/dev/null || fail "$name has lost commits, or is gone" ;;
  esac
done < <(git -C "$WORK/expected" show-ref)

# The browser reads from the same repository what was damaged, and each file of some commit.
bad={{bad}}
any=$((RANDOM % 30 + 1))
for file in "$bad:src/part-$((bad % 4))" "$((bad + 1)):docs/page-$(((bad + 1) % 3))" "$((bad + 2)):CHANGES" "$any:CHANGES"; do
  commit=$(git -C "$WORK/expected" rev-parse "main~$((30 - ${file%%:*}))")
  path=${file#*:}
  text=$(api GET /projects/root%2F{{project}}"/repository/files/${path//\//%2F}/raw?ref=$commit")
  [ "$text" = "$(git -C "$WORK/expected" show "$commit:$path")" ] || fail "$path of ${commit:0:8} is another one in the browser"
done
