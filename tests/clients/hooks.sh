#!/bin/bash
# What the server's own hooks and limits say to whoever pushes.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
rm -rf ~/hooks && mkdir ~/hooks && cd ~/hooks || exit 1

make ada POST projects -d name=hooks
ssh=git@$host:ada/hooks.git
http=http://ada:$(token ada)@$host/ada/hooks.git
ssh_as ada
covers+=(-e 's/[0-9a-f]{7}\.\.[0-9a-f]{7}/<sha>..<sha>/')
git init -q && echo one >one && git add . && git commit -qm 'One'
run "git push -q $ssh main"

title 'A hook of an administrator'
run "git push $ssh main:friday"
run "git push $http main:friday-too"
run "git push $ssh main:saturday main:friday"
json="-H 'Authorization: Bearer $(token ada)' $GITLAB/api/v4/projects/ada%2Fhooks/repository"
run "curl -sS -w ' %{http_code}\n' $json/branches -d branch=friday -d ref=main"
run "curl -sS -w ' %{http_code}\n' $json/files/no -d branch=friday -d start_branch=main -d content=no -d commit_message=No"
run "git ls-remote $ssh"

title 'A limit to the size of a push'
make root PUT application/settings -d receive_max_input_size=1
head -c 3000000 /dev/urandom >large && git add . && git commit -qm 'Large'
# Shell may or may not have noticed that nobody reads on.
run "git push $ssh main 2>&1 | grep -v -e '^remote: =*$' -e 'stdin send error'"
run "git push $http main 2>&1 | grep -v '^remote: $'"
make root PUT application/settings -d receive_max_input_size=
run "git push $ssh main"

title 'Push rules'
rule() { make ada PUT projects/ada%2Fhooks/push_rule "$@"; }
make ada POST projects/ada%2Fhooks/push_rule -d 'commit_message_regex=^JIRA-[0-9]'
echo two >two && git add . && git commit -qm 'Two'
run "git push $ssh main"
run "git push $http main"
run "curl -sS -w ' %{http_code}\n' $json/files/three -d branch=main -d content=three -d commit_message=Three"
git commit -q --amend -m 'JIRA-2 Two'
run "git push -q $ssh main"
rule -d commit_message_regex= -d commit_message_negative_regex=WIP --data-urlencode 'author_email_regex=@example\.com$'
git commit -q --allow-empty -m 'WIP' && run "git push $ssh main"
git commit -q --amend --allow-empty -m 'Ready' --author='Eve <eve@elsewhere.org>' && run "git push $ssh main"
git commit -q --amend --allow-empty --reset-author -m 'Ready' && run "git push -q $ssh main"
rule -d commit_message_negative_regex= -d author_email_regex= -d branch_name_regex='^(feature|hotfix)/'
run "git push $ssh main:topic"
run "git push -q $ssh main:feature/topic"
run "curl -sS -w ' %{http_code}\n' $json/branches -d branch=topic -d ref=main"
rule -d branch_name_regex= -d file_name_regex='\.exe$' -d prevent_secrets=true -d max_file_size=1
for file in tool.exe id_rsa; do
  echo x >$file && git add . && git commit -qm "Add $file" && run "git push $ssh main"
  git reset -q --hard HEAD~1
done
head -c 1500000 /dev/zero >zeros && git add . && git commit -qm 'Zeros' && run "git push $ssh main"
git reset -q --hard HEAD~1
rule -d file_name_regex= -d prevent_secrets=false -d max_file_size=0 -d member_check=true
git commit -q --allow-empty -m 'Eve' --author='Eve <eve@elsewhere.org>' && run "git push $ssh main"
git reset -q --hard HEAD~1
rule -d member_check=false -d deny_delete_tag=true
run "git push -q $ssh main:refs/tags/v1"
run "git push $ssh :refs/tags/v1"
make ada DELETE projects/ada%2Fhooks/push_rule

title 'Protected tags'
make ada POST projects/ada%2Fhooks/protected_tags -d name='v*'
git commit -q --allow-empty -m 'More'
run "git push --force $ssh main:refs/tags/v1"
run "git push $ssh :refs/tags/v1"
make ada POST projects/ada%2Fhooks/protected_tags -d name='r*' -d create_access_level=0
run "git push $ssh main:refs/tags/r1"
run "curl -sS -w ' %{http_code}\n' $json/tags -d tag_name=r1 -d ref=main"
run "git push $ssh main:refs/tags/other"
run "git push $ssh main:refs/tags/main"

title 'Refs that belong to the server'
run "git push $ssh main:refs/keep-around/mine"
run "git push $ssh main:refs/merge-requests/1/head"
