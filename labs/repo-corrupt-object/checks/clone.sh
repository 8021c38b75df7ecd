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
ssh_key
git_try "cannot clone" clone --quiet --mirror "$(ssh_remote root/{{project}})" "$WORK/clone"
git -C "$WORK/clone" fsck --full --no-progress >/dev/null 2>&1 || fail "what is cloned is not a whole repository"
[ ! -e "$WORK/clone/shallow" ] || fail "a clone does not get the whole history"
# Each ref must be where it was; main may have grown by what was pushed since.
while read -r object name; do
  git -C "$WORK/clone" merge-base --is-ancestor "$object" "$name" 2>/dev/null || fail "$name has lost commits, or is gone"
done < <(git -C "$WORK/expected" show-ref)
