#!/bin/bash
project=root/$(pick {{project}} receipts)
ssh_key
remote=$(ssh_remote "$project")
push_empty "$remote" "refs/heads/$NAME" || fail "cannot push over SSH: $(git_reason "$WORK/said")"
git_try "the pushed branch is not there" ls-remote --exit-code "$remote" "refs/heads/$NAME" >/dev/null
git_try "cannot delete a branch over SSH" -C "$WORK/clone" push --quiet "$remote" ":refs/heads/$NAME"
