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

title 'Refs that belong to the server'
run "git push $ssh main:refs/keep-around/mine"
run "git push $ssh main:refs/merge-requests/1/head"
