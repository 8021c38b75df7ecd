#!/bin/bash
# GitLab's own command line client.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
rm -rf ~/glab ~/.config/glab-cli && mkdir ~/glab && cd ~/glab || exit 1
export NO_PROMPT=1 GLAB_CHECK_UPDATE=false
ssh_as ada
covers+=(-e 's/ssh-ed25519 [A-Za-z0-9+/=]+/ssh-ed25519 <key>/' -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z| \+0000 UTC)/<time>/g' -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}/<date>/g'
  -e 's/(less than a|[0-9]+) minutes? ago/<ago>/' -e 's/ +[0-9.]+ k?B complete/ <size> complete/' -e 's/[0-9a-f]{40}/<sha>/g' -e 's/#note_[0-9]+/#note_<id>/' -e 's/after [0-9.]+ seconds/after <seconds>/')

make ada POST projects -d name=garden -d visibility=private -d initialize_with_readme=true

title 'Signing in'
run "glab auth login --hostname $host --api-protocol http --git-protocol ssh --token $(token ada)"
run "glab auth status --hostname $host"
run "glab auth login --hostname $host --api-protocol http --token wrong && glab auth status --hostname $host"
glab auth login --hostname "$host" --api-protocol http --git-protocol ssh --token "$(token ada)"
glab config set -g host "$host"

title 'Projects'
run "glab repo clone ada/garden"
cd garden || exit 1
run "glab repo view"
run "glab repo search --search garden"
run "glab repo create shed --private --description 'Tools'"
run "glab repo list --mine | grep -e garden -e shed"
run "glab repo contributors"
run "glab repo archive ada/garden ~/glab/garden --format zip && unzip -qql ~/glab/garden.zip | awk '{ print \$4 }' | sed 's/-[0-9a-f]*\\//\\//'"
run "glab repo delete ada/shed --yes"
run "glab repo view ada/nosuch"

title 'The API'
run "glab api version | jq -r 'keys | join(\" \")'"
run "glab api projects/:id | jq -r .path_with_namespace"
run "glab api projects/:id/repository/branches --paginate | jq -r '.[].name'"
run "glab api projects/:id/repository/branches -X POST -f branch=by-api -f ref=main | jq -r .name"
run "glab api projects/:id/nothing"

title 'Merge requests'
git checkout -qb topic && echo roses >plants && git add . && git commit -qm 'Plant roses' && git push -q origin topic 2>/dev/null
run "glab mr create --fill --yes --source-branch topic --target-branch main"
run "glab mr create --title Again --description Words --yes --source-branch topic --target-branch main"
rm -rf ~/.config/glab-cli/recover
run "glab mr list"
run "glab mr view 1"
run "glab mr diff 1"
run "glab mr note 1 -m 'Red ones?'"
run "glab mr view 1 --comments"
run "glab mr update 1 --title 'Plant red roses' --label flowers"
run "glab mr update 1 --draft"
run "glab mr merge 1 --yes --auto-merge=false"
run "glab mr update 1 --ready"
run "glab mr close 1"
run "glab mr reopen 1"
run "git checkout -q main && glab mr checkout 1 && git log -1 --format=%s"
run "glab mr merge 1 --yes --auto-merge=false"
run "glab mr list --merged"
run "git checkout -q main && git pull -q && git log --topo-order --format=%s"

title 'Issues'
run "glab issue create --title 'Slugs' --description 'On the roses' --label pest --yes"
run "glab issue list"
run "glab issue view 1"
run "glab issue note 1 -m 'Many?'"
run "glab issue update 1 --title 'Slugs and snails' --label urgent"
run "glab issue list --label urgent"
run "glab issue close 1"
run "glab issue list --closed"
run "glab issue reopen 1"

title 'Labels and releases'
run "glab label create --name fruit --color '#00ff00' --description 'To eat'"
run "glab label list"
git tag v1 && git push -q origin v1 2>/dev/null
run "glab release create v1 --name 'First harvest' --notes 'Few'"
run "glab release list"
run "NO_COLOR=1 glab release view v1 | sed -E 's/\x1b\[[0-9;]*m//g; s/ +$//; s/^[0-9a-f]{8} - /<sha> - /'"
run "glab release delete v1 --yes"

title 'Rebase, approval and a fork'
git checkout -q -b late main~1 && echo peas >peas && git add . && git commit -qm 'Sow peas' && git push -q origin late 2>/dev/null
run "glab mr create --fill --yes --source-branch late --target-branch main"
run "glab mr approve 2"
run "glab mr approvers 2"
run "glab mr revoke 2"
run "glab mr rebase 2"
run "git fetch -q && git log -1 --format=%s origin/late~1"
run "glab mr delete 2"
run "glab issue delete 1"
cd ~/glab || exit 1
run "glab repo fork ada/garden --name Plot --path plot --clone=false"
run "glab repo view ada/plot"
cd garden || exit 1

title 'Keys and tokens'
run "glab ssh-key list"
run "glab ssh-key add ~/.ssh/stranger.pub --title spare"
run "ssh -i ~/.ssh/stranger -T git@$host"
run "glab token list --user @me | awk '{ print \$2, \$NF }'"
