# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# The first start, what is there afterwards, and gitlab-ctl's own commands.

box_start first
succeeds "a fresh box becomes ready" box_ready
log=$(docker logs "$box" 2>&1)
like "the start says what it does" "Cleaning stale PIDs & sockets
Installing gitlab.rb config\.\.\.
Preparing services\.\.\.
Starting services\.\.\.
Configuring GitLab\.\.\.
gitlab Reconfigured!" \
  "$(grep -E '^(Cleaning|Installing|Preparing|Starting services|Configuring|gitlab Reconf)' <<< "$log" | awk '!seen[$0]++')"
eventually 20 script 'true' && contains "the logs go to the container's log" "==> /var/log/gitlab/redis/current <==" "$(eventually 10 sh -c "docker logs $box 2>&1 | grep -q '==> /var'"; docker logs "$box" 2>&1)"

for command in gitlab-ctl gitlab-rails gitlab-rake gitlab-psql gitlab-redis-cli; do
  is "a login shell finds $command" "/usr/bin/$command" "$(inside env -i bash -lc "command -v $command")"
done

is "the tools of a support engineer are there" "" \
  "$(script 'for tool in curl dig host ip jq less lsof nano netstat ping ps rsync ss strace sudo telnet tmux tree vi vim wget; do command -v $tool > /dev/null || echo $tool; done')"
is "sudo" git "$(inside sudo -u git whoami 2>&1)"
is "vim edits" "listen 443;" "$(script 'echo "listen 80;" > /run/edited; vim -es -c "%s/80/443/" -c wq /run/edited; cat /run/edited; rm /run/edited')"
is "tmux keeps a session" kept "$(script 'tmux new-session -d -s kept && tmux list-sessions -F "#S"; tmux kill-server')"
is "the image leaves nothing of how it was made" "" \
  "$(script 'find / -xdev \( -iname "*breakfix*" -o -iname "*training*" \); ls -A /tmp /var/tmp | grep -v -e : -e ^tmux- -e "^$"; grep -rli -e breakfix -e training /etc')"

services="gitaly gitlab-workhorse logrotate nginx postgresql puma redis sidekiq sshd"
like "status has the supervisor's lines" "$(for s in $services; do echo "run: $s: \(pid [0-9]+\) [0-9]+s; run: log: \(pid [0-9]+\) [0-9]+s"; done)" \
  "$(inside gitlab-ctl status)"
returns "status of a running box" 0 inside gitlab-ctl status
like "status of one service" "run: nginx: \(pid [0-9]+\) [0-9]+s; run: log: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl status nginx)"
is "service-list" "$(for s in $services; do echo "$s*"; done)" "$(inside gitlab-ctl service-list)"

like "stop" "ok: down: sidekiq: [01]s, normally up" "$(inside gitlab-ctl stop sidekiq)"
like "status of a stopped service" "down: sidekiq: [0-9]+s, normally up; run: log: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl status sidekiq)"
returns "status code of one stopped service" 3 inside gitlab-ctl status sidekiq
inside gitlab-ctl stop redis > /dev/null
returns "status adds the codes up" 6 inside gitlab-ctl status
returns "a stopped service's LSB link works" 0 inside /opt/gitlab/init/redis start
like "start" "ok: run: sidekiq: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl start sidekiq)"
like "restart" "ok: run: nginx: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl restart nginx)"
is "hup says nothing" "" "$(inside gitlab-ctl hup nginx)"
like "graceful-kill" "(ok: down|kill: run): sidekiq: .*" "$(inside gitlab-ctl graceful-kill sidekiq)"
inside gitlab-ctl start sidekiq > /dev/null
is "a service that is not there" "" "$(inside gitlab-ctl status nosuch)"
script 'rm /opt/gitlab/service/logrotate'
is "a disabled service is skipped" "" "$(inside gitlab-ctl status logrotate)"
is "-v names disabled services" "logrotate disabled" "$(inside gitlab-ctl -v status logrotate)"
contains "service-list of a disabled service" $'logrotate\nnginx*' "$(inside gitlab-ctl service-list)"
inside gitlab-ctl reconfigure > /dev/null
contains "reconfigure enables it again" "run: logrotate:" "$(inside gitlab-ctl status logrotate)"
contains "an unknown command" "I don't know that command." "$(inside gitlab-ctl frobnicate)"
returns "an unknown command's code" 1 inside gitlab-ctl frobnicate
returns "help" 0 inside gitlab-ctl help
is "reconfigure is root's" "This command must be executed as root user" "$(docker exec -u git "$box" gitlab-ctl reconfigure)"
returns "reconfigure as another account" 1 docker exec -u git "$box" gitlab-ctl reconfigure
contains "restart-except" "Service 'nosuch' not found" "$(inside gitlab-ctl restart-except nosuch)"
succeeds "show-config is JSON" script 'gitlab-ctl show-config | jq -e .gitlab.external_url'
contains "diff-config" "+++ /opt/gitlab/etc/gitlab.rb.template" "$(script 'echo "# mine" >> /etc/gitlab/gitlab.rb; gitlab-ctl diff-config')"
restore
like "backup-etc" "Running configuration backup
Creating configuration backup archive: gitlab_config_[0-9]+_[0-9]{4}_[0-9]{2}_[0-9]{2}\.tar
Configuration backup archive complete: /etc/gitlab/config_backup/gitlab_config_[0-9_]+\.tar
Keeping all older configuration backups" "$(inside gitlab-ctl backup-etc)"
succeeds "the backup has the secrets" script 'tar -tf /etc/gitlab/config_backup/*.tar | grep -qx etc/gitlab/gitlab-secrets.json'
is "pg-password-md5" "$(printf 'secretgitlab' | md5sum | cut -d' ' -f1)" "$(docker exec -i "$box" gitlab-ctl pg-password-md5 gitlab <<< secret)"

# Accounts, modes and owners.
is "the accounts have the package's ids" "998 999 997 996 993 992 991 990" \
  "$(script 'for a in git gitlab-www gitlab-redis gitlab-psql registry gitlab-prometheus gitlab-consul gitlab-backup; do id -u $a; done | xargs')"
is "modes and owners" "600 root:root /etc/gitlab/gitlab.rb
600 root:root /etc/gitlab/gitlab-secrets.json
600 root:root /etc/gitlab/initial_root_password
640 root:git /var/opt/gitlab/gitlab-rails/etc/database.yml
750 git:gitlab-www /var/opt/gitlab/gitlab-rails/sockets
2770 git:git /var/opt/gitlab/git-data/repositories
750 gitlab-redis:git /var/opt/gitlab/redis
700 gitlab-psql:gitlab-psql /var/opt/gitlab/postgresql/data
777 gitlab-redis:gitlab-redis /var/opt/gitlab/redis/redis.socket" \
  "$(inside stat -c '%a %U:%G %n' /etc/gitlab/gitlab.rb /etc/gitlab/gitlab-secrets.json /etc/gitlab/initial_root_password \
    /var/opt/gitlab/gitlab-rails/etc/database.yml /var/opt/gitlab/gitlab-rails/sockets /var/opt/gitlab/git-data/repositories \
    /var/opt/gitlab/redis /var/opt/gitlab/postgresql/data /var/opt/gitlab/redis/redis.socket)"
succeeds "the generated password is root's" script \
  'p=$(sed -n "s/^Password: //p" /etc/gitlab/initial_root_password); h=$(gitlab-psql -Atc "SELECT encrypted_password FROM users WHERE username = '\''root'\''"); ruby -e "exit ARGV[0].crypt(ARGV[1]) == ARGV[1]" "$p" "$h"'

# The wrappers.
is "gitlab-psql" gitlabhq_production "$(inside gitlab-psql -Atc 'SELECT current_database()')"
is "gitlab-redis-cli" PONG "$(inside gitlab-redis-cli ping)"
contains "KEYS is disabled" "ERR unknown command" "$(inside gitlab-redis-cli keys '*')"
is "gitlab-rails runner" 2 "$(inside gitlab-rails runner 'puts 1 + 1')"
is "gitlab-rails runs as git" git "$(inside gitlab-ruby -retc -e 'puts Etc.getpwuid.name')"
succeeds "gitlab-rake" inside gitlab-rake -T
succeeds "gitlab-healthcheck" inside gitlab-healthcheck --fail --max-time 10
for wrapper in gitlab-psql:gitlab-psql-rc gitlab-redis-cli:gitlab-redis-cli-rc gitlab-rails:gitlab-rails-rc; do
  file=/opt/gitlab/etc/${wrapper#*:}
  text=$(script "mv $file $file.away; ${wrapper%:*} 2>&1; echo \$?; mv $file.away $file")
  contains "${wrapper%:*} without its rc file" "error: could not load $file" "$text"
  is "${wrapper%:*} without its rc file, code" 1 "${text##*$'\n'}"
done

# nginx.
is "health for this host" "200 GitLab OK" "$(inside curl -s -w ' %{http_code}' http://localhost/-/health | sed 's/^\(.*\) 200$/200 \1/')"
is "nginx status" 200 "$(inside curl -s -o /dev/null -w '%{http_code}' http://localhost:8060/nginx_status)"
contains "the status page answers this host only" "allow 127.0.0.1;" "$(inside cat /var/opt/gitlab/nginx/conf/nginx-status.conf)"
contains "a request has an id" "x-request-id: " "$(inside curl -si http://localhost/users/sign_in | tr '[:upper:]' '[:lower:]')"
inside gitlab-ctl stop puma > /dev/null
for path in /users/sign_in /-/readiness /-/health /api/v4/version; do
  is "502 without Puma: $path" 502 "$(inside curl -s -o /dev/null -w '%{http_code}' "http://localhost$path")"
done
contains "502 page" "GitLab is not responding" "$(inside curl -s -H 'Accept: text/html' http://localhost/users/sign_in)"
is "502 of readiness" '{"error":"nginx returned 502 when communicating with gitlab-workhorse","status":502}' "$(inside curl -s http://localhost/-/readiness)"
is "502 of health" 'nginx returned 502 when communicating with gitlab-workhorse' "$(inside curl -s http://localhost/-/health)"
contains "Workhorse says why" "dial unix /var/opt/gitlab/gitlab-rails/sockets/gitlab.socket: connect: " "$(inside tail -n 5 /var/log/gitlab/gitlab-workhorse/current)"
returns "the health check fails then" 22 inside gitlab-healthcheck --fail --max-time 10
inside gitlab-ctl start puma > /dev/null
succeeds "puma comes back" eventually 60 answers
inside gitlab-ctl stop gitlab-workhorse > /dev/null
contains "without Workhorse, nginx shows its 502 page" "<title>GitLab is not responding (502)</title>" "$(inside curl -s http://localhost/users/sign_in)"
is "502 of readiness" '{"error":"nginx returned 502 when communicating with gitlab-workhorse","status":502}' "$(inside curl -s http://localhost/-/readiness)"
contains "502 in the error log" "connect() to unix:/var/opt/gitlab/gitlab-workhorse/sockets/socket failed (2: No such file or directory) while connecting to upstream" "$(inside cat /var/log/gitlab/nginx/gitlab_error.log)"
inside gitlab-ctl start gitlab-workhorse > /dev/null
succeeds "Workhorse comes back" eventually 20 answers
inside gitlab-ctl kill gitlab-workhorse > /dev/null
succeeds "also after it was killed" eventually 20 answers

# sshd.
like "sshd offers three host keys" "[0-9]+ SHA256:.* root@.* \(RSA\)
[0-9]+ SHA256:.* root@.* \(ECDSA\)
[0-9]+ SHA256:.* root@.* \(ED25519\)" "$(script 'for t in rsa ecdsa ed25519; do ssh-keygen -lf /etc/gitlab/ssh_host_${t}_key; done')"
contains "a key of git's is accepted" "command works" "$(script '
  ssh-keygen -q -t ed25519 -N "" -f /tmp/key
  echo "command=\"echo command works\",no-pty $(cat /tmp/key.pub)" > /var/opt/gitlab/.ssh/authorized_keys
  chown git:git /var/opt/gitlab/.ssh/authorized_keys; chmod 600 /var/opt/gitlab/.ssh/authorized_keys
  ssh -i /tmp/key -o StrictHostKeyChecking=no -o BatchMode=yes git@localhost 2>&1')"
contains "root is not let in" "Permission denied" "$(script 'ssh -i /tmp/key -o StrictHostKeyChecking=no -o BatchMode=yes root@localhost 2>&1')"

# Logs.
like "svlogd stamps the lines" "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5} .*" "$(inside tail -n 1 /var/log/gitlab/postgresql/current)"
succeeds "Sidekiq's log is JSON" script 'tail -n 1 /var/log/gitlab/sidekiq/current | jq -e .message'
succeeds "logrotate rotates" script 'echo x >> /var/log/gitlab/nginx/gitlab_access.log; logrotate -f -s /tmp/status /var/opt/gitlab/logrotate/logrotate.conf && ls /var/log/gitlab/nginx/gitlab_access.log.1*'
