# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# Git as people use it: a client on another computer, over SSH and HTTP, through Shell, Workhorse, Gitaly and the hooks.

network_create
box_start git --network "$network" --network-alias gitlab.test \
  -e GITLAB_ROOT_PASSWORD='correct-horse' -e GITLAB_OMNIBUS_CONFIG="external_url 'http://gitlab.test'"
client_start
succeeds "a box for Git becomes ready" box_ready
contains "readiness names Gitaly" '"gitaly_check":[{"status":"ok","labels":{"shard":"default"}}]' "$(inside curl -s 'http://localhost/-/readiness?all=1')"

logs=/var/log/gitlab
token=$(client 'curl -s -d grant_type=password -d username=root -d password=correct-horse http://gitlab.test/oauth/token | jq -r .access_token')
api() { # METHOD PATH [curl options]: the answer's body
  docker exec "$client" curl -s -X "$1" -H "Authorization: Bearer $token" "http://gitlab.test/api/v4/$2" "${@:3}"
}
client 'git config --global user.name Ada; git config --global user.email ada@example.com; git config --global init.defaultBranch main
  git config --global advice.detachedHead false
  mkdir -p .ssh; printf "Host *\nStrictHostKeyChecking no\nBatchMode yes\nLogLevel ERROR\n" > .ssh/config
  ssh-keygen -q -t ed25519 -N "" -f .ssh/id_ed25519' > /dev/null
is "a project" root/chain "$(api POST projects -d name=chain | jq -r .path_with_namespace)"
contains "a stranger's key" "Permission denied (publickey)" "$(client 'ssh git@gitlab.test')"
is "a key" laptop "$(api POST user/keys -d title=laptop --data-urlencode "key=$(client 'cat .ssh/id_ed25519.pub')" | jq -r .title)"
is "a greeting" "Welcome to GitLab, @root!" "$(client 'ssh -T git@gitlab.test')"
contains "the key has its line in authorized_keys" "command=\"/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell key-1\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty ssh-ed25519 " "$(eventually 10 script 'test -s /var/opt/gitlab/.ssh/authorized_keys'; inside cat /var/opt/gitlab/.ssh/authorized_keys)"
script ': > /var/opt/gitlab/.ssh/authorized_keys'
is "without the line, sshd asks the application" "Welcome to GitLab, @root!" "$(client 'ssh -T git@gitlab.test')"

# SSH.
contains "an empty repository is cloned" "You appear to have cloned an empty repository." "$(client 'git clone git@gitlab.test:root/chain.git ssh')"
contains "a first push" "* [new branch]      main -> main" "$(client 'cd ssh; echo one > one; git add .; git commit -qm one; git push origin main')"
contains "a branch, and the hint at a merge request" "remote: To create a merge request for topic, visit:" "$(client 'cd ssh; git checkout -qb topic; echo two > two; git add .; git commit -qm two; git push origin topic')"
contains "a tag" "* [new tag]         v1 -> v1" "$(client 'cd ssh; git tag v1; git push origin v1')"
contains "a forced push" "+ " "$(client 'cd ssh; git commit -q --amend -m "two, better"; git push -f origin topic' | grep 'forced update')"
contains "no forced push to a protected branch" "You are not allowed to force push code to a protected branch on this project." "$(client 'cd ssh; git push -f origin topic~1:main; git commit -q --allow-empty -m x; git push -f origin "$(git commit-tree -m orphan HEAD^{tree})":refs/heads/main')"
contains "a branch is deleted" "- [deleted]         topic" "$(client 'cd ssh; git push origin :topic')"
contains "a repository that is not there" "The project you were looking for could not be found or you don't have permission to view it." "$(client 'git clone git@gitlab.test:root/nosuch.git')"
contains "protocol version 2 over SSH" "version 2" "$(client 'GIT_TRACE_PACKET=1 git -c protocol.version=2 ls-remote git@gitlab.test:root/chain.git')"
contains "no shell for anybody" "Disallowed command" "$(client 'ssh git@gitlab.test ls')"

# HTTP.
contains "the password" "refs/heads/main" "$(client 'git ls-remote http://root:correct-horse@gitlab.test/root/chain.git')"
contains "a wrong password" "Authentication failed for 'http://gitlab.test/root/chain.git/'" "$(client 'git ls-remote http://root:wrong@gitlab.test/root/chain.git')"
contains "a token" "refs/heads/main" "$(client "git ls-remote http://oauth2:$token@gitlab.test/root/chain.git")"
contains "protocol version 2 over HTTP" "version 2" "$(client 'GIT_TRACE_PACKET=1 git -c protocol.version=2 ls-remote http://root:correct-horse@gitlab.test/root/chain.git')"
contains "a push over HTTP" "main -> main" "$(client 'git clone -q http://root:correct-horse@gitlab.test/root/chain.git http && cd http && echo three > three && git add . && git commit -qm three && git push')"
contains "a large push is streamed" "big -> big" "$(client 'cd http; git checkout -qb big; head -c 60000000 /dev/urandom > big; git add .; git commit -qm big; git push origin big')"
is "and comes back" "$(client 'sha256sum < http/big')" "$(client 'git clone -q -b big git@gitlab.test:root/chain.git back && sha256sum < back/big')"
is "Git finds nothing wrong" "" "$(client 'cd back; git fsck 2>&1 | grep -v -e ^Checking -e ^notice')"
is "an archive" "chain-main/three" "$(api GET 'projects/root%2Fchain/repository/archive.tar.gz?sha=main' -o /tmp/a.tar.gz; client 'tar -tzf /tmp/a.tar.gz | grep three | sed "s,^chain-main[^/]*,chain-main,"')"
contains "an archive over HTTP needs a permission" "404" "$(client "curl -s -o /dev/null -w '%{http_code}' http://gitlab.test/api/v4/projects/root%2Fchain/repository/archive.tar.gz")"

# One id through all logs.
client 'cd ssh; git checkout -q main 2> /dev/null || git checkout -qb main origin/main; git pull -q; echo id > id; git add .; git commit -qm id; git push -q origin main' > /dev/null
id=$(script "jq -r 'select(.command == \"git-receive-pack\" and .msg == \"executing git command\") | .correlation_id' $logs/gitlab-shell/gitlab-shell.log | tail -n 1")
like "one correlation id is in the logs of Shell, Workhorse, the application and Gitaly" "$(for f in gitlab-shell/gitlab-shell.log gitlab-workhorse/current gitlab-rails/api_json.log gitaly/current; do echo "$logs/$f:[1-9][0-9]*"; done)" \
  "$(script "cd $logs; grep -c -H -F '$id' $logs/gitlab-shell/gitlab-shell.log $logs/gitlab-workhorse/current $logs/gitlab-rails/api_json.log $logs/gitaly/current")"
like "it looks like GitLab's" "[0-9A-HJKMNP-TV-Z]{26}" "$id"

# Hooks.
script 'd=/var/opt/gitlab/gitaly/custom_hooks/pre-receive.d; mkdir -p $d; printf "#!/bin/sh\necho GL-HOOK-ERR: not on Fridays\nexit 1\n" > $d/friday; chmod 755 $d/friday; chown -R git: /var/opt/gitlab/gitaly/custom_hooks'
text=$(client 'cd ssh; echo four > four; git add .; git commit -qm four; git push origin main')
contains "a hook's message reaches the client" "remote: GL-HOOK-ERR: not on Fridays" "$text"
contains "and its refusal" "(pre-receive hook declined)" "$text"
script 'rm -r /var/opt/gitlab/gitaly/custom_hooks'
contains "without it the push goes through" "main -> main" "$(client 'cd ssh; git push origin main')"
succeeds "the hooks have a log of their own" script "test -f $logs/gitaly/gitaly_hooks.log"

# What breaks, and what people see then.
inside gitlab-ctl stop gitaly > /dev/null
contains "Gitaly stopped, over SSH" "remote: rpc error: code = Unavailable desc = The git server, Gitaly, is not available at this time. Please contact your administrator." "$(client 'cd ssh; git fetch')"
contains "Gitaly stopped, readiness" '"gitaly_check":[{"status":"failed"' "$(inside curl -s 'http://localhost/-/readiness?all=1')"
api GET projects/root%2Fchain/repository/branches > /dev/null
contains "Gitaly stopped, in the application's log" "14:failed to connect to all addresses" "$(inside tail -n 1 $logs/gitlab-rails/exceptions_json.log)"
contains "Gitaly stopped, over HTTP" "The requested URL returned error: 5" "$(client 'cd http; git fetch')"
inside gitlab-ctl start gitaly > /dev/null
succeeds "Gitaly comes back" eventually 30 answers

# sshd must know the key by itself then.
docker exec -i "$box" sh -c 'sed "s,^,command=\"/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell key-1\" ," > /var/opt/gitlab/.ssh/authorized_keys' <<< "$(client 'cat .ssh/id_ed25519.pub')"
inside gitlab-ctl stop puma > /dev/null
contains "Puma stopped, over SSH" "remote: Internal API unreachable" "$(client 'cd ssh; git fetch')"
contains "and in GitLab Shell's log" '"Internal API unreachable"' "$(inside tail -n 3 $logs/gitlab-shell/gitlab-shell.log)"
contains "Puma stopped, over HTTP" "The requested URL returned error: 502" "$(client 'cd http; git fetch')"
inside gitlab-ctl start puma > /dev/null
succeeds "Puma comes back" eventually 60 answers

inside gitlab-ctl stop gitlab-workhorse > /dev/null
contains "Workhorse stopped, over SSH" "remote: Internal API unreachable" "$(client 'cd ssh; git fetch')"
contains "Workhorse stopped, over HTTP" "The requested URL returned error: 502" "$(client 'cd http; git fetch')"
inside gitlab-ctl start gitlab-workhorse > /dev/null
inside gitlab-ctl stop redis > /dev/null
is "Redis stopped, one still fetches" "" "$(client 'cd ssh; git fetch')"
contains "and does not push" "calling pre_receive endpoint: http post to gitlab api /pre_receive endpoint: 500 Internal Server Error" "$(client 'cd ssh; git push origin main:no-redis')"
inside gitlab-ctl start redis > /dev/null
inside gitlab-ctl stop postgresql > /dev/null
contains "PostgreSQL stopped, over SSH" "remote: Internal API unreachable" "$(client 'cd ssh; git fetch')"
contains "PostgreSQL stopped, over HTTP" "The requested URL returned error: 500" "$(client 'cd http; git fetch')"
inside gitlab-ctl start postgresql > /dev/null
succeeds "all of them come back" eventually 60 answers
inside gitlab-ctl stop sidekiq > /dev/null
contains "Sidekiq stopped, a push goes through" "main -> no-sidekiq" "$(client 'cd ssh; git push origin main:no-sidekiq')"
inside gitlab-ctl start sidekiq > /dev/null
inside gitlab-ctl stop nginx > /dev/null
is "nginx stopped, over SSH" "" "$(client 'cd ssh; git fetch')"
contains "nginx stopped, over HTTP" "Failed to connect to gitlab.test port 80" "$(client 'cd http; git fetch')"
inside gitlab-ctl start nginx > /dev/null
inside gitlab-ctl stop sshd > /dev/null
contains "sshd stopped" "ssh: connect to host gitlab.test port 22: Connection refused" "$(client 'cd ssh; git fetch')"
inside gitlab-ctl start sshd > /dev/null
succeeds "also these" eventually 60 answers

setting "gitaly['configuration'] = { auth: { token: 'one' } }"
reconfigure > /dev/null
eventually 30 script 'test -S /var/opt/gitlab/gitaly/gitaly.socket'
contains "a token that only Gitaly knows" "rpc error: code = Unauthenticated desc = authentication required" "$(client 'cd ssh; git fetch')"
api GET projects/root%2Fchain/repository/branches > /dev/null
contains "which the application does not have" "\"exception.class\":\"Gitlab::Git::PermissionDenied\"" "$(inside tail -n 1 $logs/gitlab-rails/exceptions_json.log)"
setting "gitlab_rails['gitaly_token'] = 'two'"
reconfigure > /dev/null
eventually 60 answers http://localhost/-/health
contains "two tokens that differ" "rpc error: code = PermissionDenied desc = permission denied" "$(client 'cd ssh; git fetch')"
contains "Gitaly says so" '"grpc.code":"PermissionDenied"' "$(inside tail -n 20 $logs/gitaly/current)"
setting "gitlab_rails['gitaly_token'] = 'one'"
reconfigure > /dev/null
succeeds "a token that both know" eventually 60 answers
is "works" "" "$(client 'cd ssh; git fetch')"
restore
reconfigure > /dev/null
eventually 60 answers

inside chmod 600 /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret
contains "a secret that GitLab Shell cannot read" "Failed to read config, exiting" "$(client 'cd ssh; git fetch')"
reconfigure > /dev/null
eventually 60 answers
# The application reads the secret once, and has to have done so before the other one lies there.
is "reconfigure lets it read again" "" "$(client 'cd ssh; git fetch')"
script 'cd /opt/gitlab/embedded/service/gitlab-shell; rm .gitlab_shell_secret; echo another > .gitlab_shell_secret; chmod 644 .gitlab_shell_secret'
contains "another secret in GitLab Shell" "remote: 401 Unauthorized" "$(client 'cd ssh; git fetch')"
contains "the application says why" "JWT::VerificationError" "$(inside tail -n 1 $logs/gitlab-rails/exceptions_json.log)"
script 'head -c 32 /dev/zero | base64 > /var/opt/gitlab/gitlab-rails/etc/gitlab_workhorse_secret; gitlab-ctl restart puma > /dev/null'
eventually 60 answers http://localhost/-/liveness
contains "another secret in Workhorse" "The requested URL returned error: 403" "$(client 'cd http; git fetch')"
reconfigure > /dev/null
setting "gitaly['gitlab_secret'] = 'another'"
reconfigure > /dev/null
eventually 60 answers
contains "Gitaly's own secret is refused by the application" "pre-receive hook declined" "$(client 'cd ssh; echo five > five; git add .; git commit -qm five; git push origin main')"
restore
reconfigure > /dev/null
script 'jq "del(.gitaly)" /etc/gitlab/gitlab-secrets.json > /tmp/s && cat /tmp/s > /etc/gitlab/gitlab-secrets.json'
reconfigure > /dev/null
eventually 60 answers
contains "with the common one the push goes through" "main -> main" "$(client 'cd ssh; git push origin main')"

# A repository that is not as it should be.
repository=$(script 'ls -d /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git | head -n 1')
script "chown root $repository; chmod 755 $repository"
contains "a repository of root's" "fatal: detected dubious ownership in repository at '$repository'" "$(client 'cd ssh; git fetch')"
contains "and in GitLab Shell's log" "code = Internal desc = running upload-pack" "$(inside tail -n 3 $logs/gitlab-shell/gitlab-shell.log)"
contains "a repository of root's, over HTTP" "The requested URL returned error: 502" "$(client 'cd http; git fetch')"
script "chmod 2750 $repository; chown -R root: $repository"
contains "one into which only root may look" 'validate git directory: stat "objects"' "$(client 'cd ssh; git push origin main:closed')"
script "chown -R git: $repository; chown root: $repository/objects"
contains "a folder of objects in which only root may write" "remote unpack failed: unable to create temporary object directory" "$(client 'cd ssh; git commit -q --allow-empty -m closed; git push origin HEAD:closed')"
inside chown -R git: "$repository"
inside mv "$repository" "$repository.away"
contains "a repository that is gone" "rpc error: code = NotFound desc = repository not found" "$(client 'cd ssh; git fetch')"
contains "a repository that is gone, over HTTP" "repository 'http://gitlab.test/root/chain.git/' not found" "$(client 'cd http; git fetch')"
contains "also in GitLab Shell's log" "repository not found" "$(inside tail -n 3 $logs/gitlab-shell/gitlab-shell.log)"
inside mv "$repository.away" "$repository"
blob=$(client 'cd ssh; echo six > six; git add .; git commit -qm six; git push -q origin main; git rev-parse HEAD:six')
object=objects/${blob:0:2}/${blob:2}
script "cd $repository; cp -p $object /tmp/object; chmod 644 $object; : > $object"
text=$(client 'git clone git@gitlab.test:root/chain.git emptied')
contains "an object that was emptied" "error: object file ./$object is empty" "$text"
contains "and what Git makes of it" "aborting due to possible repository corruption on the remote side" "$text"
script "cd $repository; cat /tmp/object > $object; chmod 444 $object"
is "with its content it is whole again" "" "$(client 'git clone -q git@gitlab.test:root/chain.git whole')"
inside chmod -x /opt/gitlab/embedded/bin/gitaly-hooks
text=$(client 'cd ssh; echo seven > seven; git add .; git commit -qm seven; git push origin main')
contains "hooks that cannot be run are ignored" "hook was ignored because it's not set as executable." "$text"
contains "and the push goes through unchecked" "main -> main" "$text"
inside chmod 755 /opt/gitlab/embedded/bin/gitaly-hooks

# A restart loses nothing.
docker restart -t 60 "$box" > /dev/null
succeeds "after a restart the box becomes ready" box_ready
is "with every commit" "$(client 'cd ssh; git rev-parse main')" "$(client 'git ls-remote git@gitlab.test:root/chain.git refs/heads/main | cut -f1')"
docker kill "$box" > /dev/null
docker start "$box" > /dev/null
succeeds "also after SIGKILL" box_ready
is "with every commit" "$(client 'cd ssh; git rev-parse main')" "$(client 'git ls-remote http://root:correct-horse@gitlab.test/root/chain.git refs/heads/main | cut -f1')"
