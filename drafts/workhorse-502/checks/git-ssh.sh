#!/bin/bash
ssh_key
remote=$(ssh_remote root/{{project}})
git_try "cannot clone over SSH" clone --quiet "$remote" "$WORK/clone"
git -C "$WORK/clone" commit --quiet --allow-empty --message {{nonce}}
git_try "cannot push over SSH" -C "$WORK/clone" push --quiet origin HEAD:refs/heads/ssh-{{nonce}}
git_try "the pushed branch is not there" ls-remote --exit-code "$remote" refs/heads/ssh-{{nonce}} >/dev/null
