#!/bin/bash
# A repository of 200 MB: pushed and cloned; pushed while Gitaly is stopped; and pushed once more.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
ssh_as ada
address=git@$host:ada/large.git
end() { echo "$*"; exit 1; }

# More than a hundred objects, so that they stay a pack; random, so that they stay large.
commit() {
  for i in $(seq 160); do head -c 1250000 /dev/urandom >"$i"; done
  git add . && git commit -qm "$1"
}

case $1 in
  push)
    make ada POST projects -d name=large
    git init -q ~/large
    cd ~/large || end 'no repository'
    git config core.compression 0
    git config pack.window 0
    commit 'Much' || end 'no commit'
    git push -q "$address" main || end 'a large push fails'
    git clone -q "$address" ~/back || end 'a large clone fails'
    [ "$(git -C ~/back rev-parse 'HEAD^{tree}')" = "$(git rev-parse 'HEAD^{tree}')" ] || end 'other content comes back'
    git -C ~/back fsck --no-progress || end 'a broken repository comes back'
    rm -rf ~/back
    commit 'As much again' || end 'no second commit' ;;
  interrupted)
    cd ~/large || end 'no repository'
    if git push "$address" main >/tmp/said 2>&1; then end "an interrupted push succeeds: $(cat /tmp/said)"; fi
    for word in 'Gitaly, is not available\|Could not read from remote\|remote end hung up' 'failed to push some refs\|Could not read from remote'; do
      grep -q "$word" /tmp/said || end "no clear word: $(cat /tmp/said)"
    done ;;
  again)
    cd ~/large || end 'no repository'
    [ "$(git ls-remote "$address" main | cut -f 1)" = "$(git rev-parse main~1)" ] || end 'the branch is not where it was'
    git clone -q "$address" ~/before || end 'the repository cannot be cloned'
    git -C ~/before fsck --no-progress || end 'the repository is broken'
    git push -q "$address" main || end 'the push fails when it is tried again'
    [ "$(git ls-remote "$address" main | cut -f 1)" = "$(git rev-parse main)" ] || end 'the branch has not moved'
    git -C ~/before pull -q || end 'the second try cannot be fetched'
    git -C ~/before fsck --no-progress || end 'the repository is broken after the second try'
    [ "$(git -C ~/before rev-parse HEAD)" = "$(git rev-parse main)" ] || end 'other commits come back' ;;
esac
