#!/bin/sh
home=/var/opt/gitlab
shell=/opt/gitlab/embedded/service/gitlab-shell
open=$(
  find $home /opt /opt/gitlab /opt/gitlab/embedded /opt/gitlab/embedded/service -maxdepth 0 -perm /022
  find $home/.ssh $home/.ssh/authorized_keys -maxdepth 0 -perm /022
  find $shell ! -type l -perm /022
)
[ -z "$open" ] || fail "others than its owner can change $(echo "$open" | head -n 1)"
[ -f $home/.ssh/authorized_keys ] || fail "$home/.ssh/authorized_keys is gone"
[ -x $shell/bin/gitlab-shell-authorized-keys-check ] || fail "GitLab Shell cannot be run"
foreign=$(find $shell ! -user 0 | head -n 1)
[ -z "$foreign" ] || fail "$foreign does not belong to root"
foreign=$(find $home/.ssh $home/.ssh/authorized_keys -maxdepth 0 ! -user 998 | head -n 1)
[ -z "$foreign" ] || fail "$foreign does not belong to git"
if grep -Eiq '^[[:space:]]*StrictModes[[:space:]=]+"?no' /assets/sshd_config; then
  fail "sshd no longer looks who can change the list of keys"
fi
