#!/bin/bash
# The history that the project has always had, as a stream for fast-import: history PROJECT
history() {
  local day text changes=
  for day in {10..21}; do
    text="Change $day of $1, reference "{{salt}}
    changes+=$text$'\n'
    printf 'commit refs/heads/main\nmark :%d\ncommitter Ines Duarte <ines@morel-outdoor.example> %d +0000\n' "$day" $((1709285400 + (day - 1) * 86400))
    printf 'data %d\n%s\nM 100644 inline CHANGES.md\ndata %d\n%s\n' "${#text}" "$text" "${#changes}" "$changes"
  done
  printf 'reset refs/heads/feature/autumn-prices\nfrom :19\n\nreset refs/tags/v1.0\nfrom :15\n\nreset refs/tags/v1.1\nfrom :21\n\n'
}
if [ $((RANDOM % 2)) = 0 ]; then
  ssh_key
  remote=$(ssh_remote root/{{project}})
else
  remote=$(http_remote root/{{project}})
fi
git init --quiet --bare --initial-branch main "$WORK/expected"
history {{project}} | git -C "$WORK/expected" fast-import --quiet
git_try "cannot clone" clone --quiet --mirror "$remote" "$WORK/clone"
cd "$WORK/clone" || exit
[ ! -e shallow ] || fail "a clone does not get the whole history"
git fsck --full --strict --no-progress >/dev/null 2>&1 || fail "what is cloned is not a whole repository"
# Each branch and tag must be where it was; branches may have grown since.
while read -r object name; do
  case $name in
    refs/tags/*) [ "$(git rev-parse --quiet --verify "$name")" = "$object" ] || fail "the tag ${name#refs/tags/} is another one, or is gone" ;;
    *) git merge-base --is-ancestor "$object" "$name" 2>/dev/null || fail "the branch ${name#refs/heads/} has lost commits, or is gone" ;;
  esac
done < <(git -C "$WORK/expected" show-ref)
