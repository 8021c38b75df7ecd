#!/bin/bash
remote=$(http_remote root/{{project}})
git_try "cannot clone over HTTP" clone --quiet "$remote" "$WORK/clone"
git -C "$WORK/clone" commit --quiet --allow-empty --message $NAME
git_try "cannot push over HTTP" -C "$WORK/clone" push --quiet origin HEAD:refs/heads/$NAME
git_try "the pushed branch is not there" ls-remote --exit-code "$remote" refs/heads/$NAME >/dev/null
