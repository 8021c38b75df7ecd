#!/bin/bash
home=/var/opt/gitlab
ssh=$home/.ssh
found=$(find $home $ssh $ssh/authorized_keys -maxdepth 0 \( -perm /022 -o -type l \) -print -quit 2>/dev/null) || :
[ -z "$found" ] || fail "others than its owner can change $found"
found=$(find $ssh $ssh/authorized_keys -maxdepth 0 ! -uid 998 -print -quit 2>/dev/null) || :
[ -z "$found" ] || fail "$found does not belong to git"
