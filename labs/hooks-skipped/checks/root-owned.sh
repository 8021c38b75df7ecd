#!/bin/bash
hooks=/var/opt/gitlab/gitaly/custom_hooks
[ -d $hooks/pre-receive.d ] && [ ! -L $hooks ] || fail "the folder of the company's rules is gone"
found=$(find $hooks \( -type l -o ! -uid 0 -o -perm /002 -o -perm /020 ! -gid 0 \) -print -quit)
[ -z "$found" ] || fail "others than root can change $found, which every push runs"
contents /var/opt/gitlab/gitaly/config.toml >"$WORK/config.toml"
grep -qx 'bin_dir *= *["'\'']/opt/gitlab/embedded/bin/*["'\'']' "$WORK/config.toml" ||
  fail "Gitaly no longer starts the hooks that came with it"
