#!/bin/bash
# Git over SSH and HTTP, from the first clone to what is refused.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
rm -rf ~/git && mkdir ~/git && cd ~/git || exit 1

make ada POST projects -d name=shop -d visibility=private
make ada POST projects -d name=other -d visibility=private
make ada POST projects -d name=open -d visibility=public -d initialize_with_readme=true
make ada POST projects/ada%2Fshop/members -d "user_id=$(cat ~/grace.id)" -d access_level=20
make ada POST projects/ada%2Fshop/deploy_keys -d title=reads --data-urlencode "key@$HOME/.ssh/readonly.pub"
make ada POST projects/ada%2Fshop/deploy_keys -d title=writes -d can_push=true --data-urlencode "key@$HOME/.ssh/readwrite.pub"
ssh=git@$host
ssh_as ada

title 'Greetings'
run "ssh -i ~/.ssh/ada -T $ssh"
run "ssh -i ~/.ssh/readonly -T $ssh"
run "ssh -i ~/.ssh/stranger -T $ssh"
run "ssh -i ~/.ssh/ada $ssh ls"
run "ssh -i ~/.ssh/ada $ssh git-upload-pack"

title 'An empty repository, and the first push'
run "git clone $ssh:ada/shop.git"
cd shop || exit 1
mkdir -p src docs
printf '# Shop\n\nSells **things**.\n' >README.md
printf '# A comment\ndef price(cents) = "%%.2f" %% (cents / 100.0)\n' >src/price.rb
printf 'manual\n' >docs/manual.md
git add . && git commit -qm 'Begin'
run "git push -u origin main"
run "git ls-remote"

title 'Branches and tags'
git checkout -qb topic && echo two >two && git add . && git commit -qm 'Add two'
run "git push -u origin topic"
run "git push origin topic"
git commit -q --amend -m 'Add two, better'
run "git push origin topic"
run "git push --force-with-lease origin topic"
git tag v1.0 main && git tag -a -m 'First release' v1.1 main
run "git push origin v1.0 v1.1"
git tag -f v1.0 topic >/dev/null
run "git push origin v1.0"
run "git push --force origin v1.0"
run "git push origin :v1.0"
run "git push --atomic origin topic:one topic:two"
run "git push origin --delete one two"
run "git push origin topic:refs/heads/feature/x.y/zöë"
run "git push origin topic:0123456789012345678901234567890123456789"
run "git push origin :nowhere"

title 'Push options'
git checkout -q -b options main && echo options >options && git add . && git commit -qm 'Add options' -m 'All of them.'
run "git push -o ci.skip origin options"
run "git push -o merge_request.title=Options origin options:more"
run "git push -o merge_request.create -o merge_request.target=nosuch origin options:yet-more"
git commit -q --allow-empty -m 'Say it'
run "git push -o merge_request.create -o merge_request.target=main -o merge_request.title='All options' -o merge_request.draft -o merge_request.remove_source_branch origin options"
run "curl -sS -H 'PRIVATE-TOKEN: $(token ada)' $GITLAB/api/v4/projects/ada%2Fshop/merge_requests/1 | jq -c '{title, draft, description, target_branch, force_remove_source_branch}'"
run "git push -o merge_request.description=Changed origin options"
git checkout -q main

title 'Protected branches'
git checkout -q main && git commit -q --allow-empty -m 'Empty' && git push -q origin main
run "git push --force origin main~1:main"
run "git push origin :main"
make ada POST projects/ada%2Fshop/protected_branches -d name='stable/*' -d push_access_level=0 -d merge_access_level=40
run "git push origin main:stable/1"
run "git push origin main:stable/1 main:free"
run "git push --atomic origin main:stable/1 main:free2"
make ada POST projects/ada%2Fshop/repository/branches -d branch=kept -d ref=main
make ada POST projects/ada%2Fshop/protected_branches -d name=kept
run "git push origin :kept"

title 'Deploy keys'
ssh_as readonly
run "git ls-remote $ssh:ada/shop.git main"
run "git push $ssh:ada/shop.git main:by-readonly"
run "git ls-remote $ssh:ada/other.git"
ssh_as readwrite
run "git push $ssh:ada/shop.git main:by-readwrite"
run "git push $ssh:ada/shop.git :by-readwrite"
run "git push $ssh:ada/shop.git main:stable/2"
ssh_as ada

title 'Deploy tokens'
api ada POST projects/ada%2Fshop/deploy_tokens -d name=ci -d 'scopes[]=read_repository' -d username=ci | jq -rj .token >~/tokens/deploy
covers+=(-e "s|$(token deploy)|<tokens/deploy>|g")
run "git ls-remote http://ci:$(token deploy)@$host/ada/shop.git main"
run "git push http://ci:$(token deploy)@$host/ada/shop.git main:by-ci"
run "git ls-remote http://ci:$(token deploy)@$host/ada/other.git"
run "git ls-remote http://else:$(token deploy)@$host/ada/shop.git"

title 'What is not there, or not theirs'
run "git clone $ssh:ada/nosuch.git"
run "git clone $ssh:nobody/shop.git"
run "git clone $ssh:shop.git"
run "git clone '$ssh:ada/../../etc/passwd'"
run "git clone http://ada:$(password ada)@$host/ada/nosuch.git"

title 'Passwords and tokens over HTTP'
url() { echo "http://$1:$2@$host/ada/shop.git"; } # NAME SECRET
run "git ls-remote $(url ada "$(password ada)") main"
run "git ls-remote $(url ada wrong) main"
run "git ls-remote http://$host/ada/shop.git"
run "git ls-remote http://$host/ada/nosuch.git"
run "git ls-remote http://$host/ada/open.git HEAD | cut -f 2"
run "git push http://$host/ada/open.git main:mine"
for name in ada ada-read_repository ada-write_repository ada-read_api; do
  run "git ls-remote $(url oauth2 "$(token "$name")") main"
  run "git push $(url ada "$(token "$name")") main:by-token"
done
run "git push $(url ada "$(token ada)") :by-token"
run "git ls-remote $(url ada glpat-aaaaaaaaaaaaaaaaaaaa) main"
run "git push $(url grace "$(password grace)") main:graces"
run "git ls-remote $(url grace "$(token grace)") main"
run "git ls-remote $(url eve "$(token eve)") main"
run "git ls-remote http://ada:$(token ada)@$host/ada/shop main"

title 'Protocol 0, 1 and 2'
for protocol in 0 1 2; do
  for address in "$ssh:ada/shop.git" "$(url ada "$(token ada)")"; do
    run "git -c protocol.version=$protocol clone -q $address p && git -C p log --format=%s && rm -rf p"
    run "GIT_TRACE_PACKET=1 git -c protocol.version=$protocol ls-remote $address main 2>&1 | grep -oE '< version [12]' | head -n 1"
  done
done

title 'Part of a repository'
for i in 1 2 3 4 5; do echo "$i" >count && git add count && git commit -qm "Count to $i"; done
run "git push -q origin main"
cd ~/git || exit 1
for address in "$ssh:ada/shop.git" "$(url ada "$(token ada)")"; do
  run "git clone -q --depth 1 $address shallow && git -C shallow log --format=%s"
  run "git -C shallow fetch -q --deepen 2 && git -C shallow log --format=%s"
  run "git -C shallow fetch -q --unshallow && git -C shallow rev-list --count HEAD"
  run "git clone -q --no-checkout --filter=blob:none $address partial && git -C partial rev-list --objects --missing=print --all | grep -c '^?'"
  run "git -C partial checkout -q main && cat partial/count"
  run "git clone -q --filter=tree:0 --sparse $address sparse && ls sparse"
  run "git clone -q --single-branch --branch topic $address single && git -C single branch -a"
  run "git clone -q --mirror $address mirror && git -C mirror for-each-ref --format='%(refname)'"
  run "git clone -q --depth 1 --shallow-submodules --recurse-submodules $address all && git -C all fsck"
  rm -rf shallow partial sparse single mirror all
done

title 'Fetch, pull and a push that comes late'
run "git clone -q $ssh:ada/shop.git second"
(cd shop && echo more >./more && git add more && git commit -qm 'More' && git push -q origin main)
run "git -C second fetch"
run "git -C second pull -q --ff-only && git -C second log -1 --format=%s"
(cd shop && git commit -q --allow-empty -m 'Yet more' && git push -q origin main)
(cd second && git commit -q --allow-empty -m 'Late')
run "git -C second push origin main"
run "git -C second pull -q --rebase && git -C second push origin main"
(cd shop && git pull -q)

title 'Names in other alphabets, a submodule, an empty file, a link and an executable'
cd shop || exit 1
mkdir -p 'äöü/日本 語' && echo 文 >'äöü/日本 語/ファイル.txt' && : >none && ln -s README.md link
printf '#!/bin/sh\necho hello\n' >hello.sh && chmod +x hello.sh
printf '\211PNG\0\0' >logo.png
echo x >'a?b#c%d "e".txt'
git add . && git commit -qm 'Namen: äöü, 日本語'
run "git submodule --quiet add $ssh:ada/open.git vendor/open && git commit -qm 'Add a submodule'"
run "git push -q origin main"
cd ~/git || exit 1
run "git clone -q --recurse-submodules $ssh:ada/shop.git names && cd names && git ls-files -s | cut -d ' ' -f 1,3 && cat vendor/open/README.md && git status --short && ./hello.sh"

title 'Archives and bundles'
run "git archive --remote=$ssh:ada/shop.git --prefix=shop/ main src docs | tar -t"
run "git archive --remote=$ssh:ada/shop.git --format=zip v1.1 >a.zip && unzip -qql a.zip | awk '{ print \$4 }'"
# Two programs speak here, in no order.
run "git archive --remote=$ssh:ada/shop.git nosuch 2>&1 | sort"
run "git archive --remote=$(url ada "$(token ada)") main"
run "git -C shop bundle create -q ../shop.bundle --all && git -C shop bundle verify -q ../shop.bundle && git clone -q shop.bundle unbundled && git -C unbundled push $ssh:ada/other.git 'HEAD:refs/heads/main'"

title 'Git LFS is refused'
run "ssh -i ~/.ssh/ada $ssh git-lfs-authenticate ada/shop.git upload | jq -c '{href, expires_in}'"
git clone -q "$ssh:ada/other.git" lfs && cd lfs || exit 1
git lfs install --local >/dev/null && git lfs track '*.bin' >/dev/null && echo large >x.bin && git add . && git commit -qm 'Large'
run "git push origin HEAD:lfs 2>&1 | grep -v '^Uploading'"
git remote set-url origin "http://ada:$(token ada)@$host/ada/other.git"
run "git push origin HEAD:lfs 2>&1 | grep -v '^Uploading'"
run "git -c lfs.locksverify=true lfs locks"
