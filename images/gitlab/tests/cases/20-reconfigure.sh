# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# What gitlab.rb does: settings that arrive, mistakes that are refused.

box_start reconfigure -e GITLAB_OMNIBUS_CONFIG="gitlab_rails['time_zone'] = 'Asia/Tokyo'; puma['max_threads'] = 5"
succeeds "a box with GITLAB_OMNIBUS_CONFIG becomes ready" box_ready
etc=/var/opt/gitlab/gitlab-rails/etc
conf=/var/opt/gitlab/nginx/conf/service_conf/gitlab-rails.conf
psql() { inside gitlab-psql -Atc "$1"; }

contains "the environment's settings arrive" "threads 4, 5" "$(inside cat $etc/puma.rb)"
setting "puma['max_threads'] = 6"
like "reconfigure reports what it changed" ".*
  \* template\[$etc/puma.rb\] action create
    - update content in file $etc/puma.rb
    - @@.*
    -  
    - -threads 4, 5
    - \+threads 4, 6
    -  workers 0
  \* ruby_block\[restart puma\] action run
    - restart service puma
Infra Phase complete, [0-9]+/[0-9]+ resources updated in [0-9]+ seconds
gitlab Reconfigured!" "$(reconfigure | grep -v -e nodes/ -e 'suppressed')"
like "a second reconfigure changes nothing" "Starting the reconfiguration of .*
Infra Phase complete, 0/[0-9]+ resources updated in [0-9]+ seconds
gitlab Reconfigured!" "$(reconfigure)"
is "-q is quiet" "Reconfiguring gitlab.
gitlab Reconfigured!" "$(inside gitlab-ctl -q reconfigure)"
succeeds "each run leaves a log" script 'grep -qx "gitlab Reconfigured!" /var/log/gitlab/reconfigure/*.log'
succeeds "rendered files say so" script "grep -q 'managed by gitlab-ctl' $conf $etc/gitlab.yml /var/opt/gitlab/redis/redis.conf /var/opt/gitlab/postgresql/data/postgresql.conf"
restore

# Drift is repaired.
script "chmod 777 /etc/gitlab/gitlab-secrets.json /var/opt/gitlab/gitlab-rails/sockets; chown root /var/opt/gitlab/redis; sed -i s,sockets/socket,wrong.socket, /var/opt/gitlab/nginx/conf/upstream_definitions/*; rm $etc/resque.yml"
reconfigure > /dev/null
is "modes, owners and files are put right" "600 750 gitlab-redis 1" "$(script "stat -c %a /etc/gitlab/gitlab-secrets.json /var/opt/gitlab/gitlab-rails/sockets; stat -c %U /var/opt/gitlab/redis; grep -c sockets/socket /var/opt/gitlab/nginx/conf/upstream_definitions/*" | xargs)"

# Secrets.
before=$(inside sha256sum /etc/gitlab/gitlab-secrets.json)
reconfigure > /dev/null
is "secrets are kept" "$before" "$(inside sha256sum /etc/gitlab/gitlab-secrets.json)"
setting "gitlab_rails['db_key_base'] = 'chosen'"
reconfigure > /dev/null
is "gitlab.rb wins over the secrets file" "chosen chosen" "$(script "jq -r .gitlab_rails.db_key_base /etc/gitlab/gitlab-secrets.json; sed -n 's/^  db_key_base: \"\(.*\)\"/\1/p' $etc/secrets.yml" | xargs)"
inside rm /etc/gitlab/gitlab-secrets.json
restore
returns "a missing secrets file is made again" 0 reconfigure
is "with mode 0600" 600 "$(inside stat -c %a /etc/gitlab/gitlab-secrets.json)"

# Mistakes.
setting "gitlab_rails['x'] = {"
text=$(reconfigure)
is "a syntax error fails" 1 "$(reconfigure > /dev/null; echo $?)"
contains "a syntax error is a compile error" "Recipe Compile Error in /opt/gitlab/embedded/cookbooks/cache/cookbooks/gitlab/recipes/default.rb" "$text"
contains "a syntax error names its line" "/etc/gitlab/gitlab.rb:" "$(grep 'syntax error' <<< "$text")"
contains "and how it ended" "There was an error running gitlab-ctl reconfigure:" "$text"
restore
setting "gitlab_rail['x'] = 1"
contains "an unknown name" "Mixlib::Config::UnknownConfigOptionError: Reading unsupported config value gitlab_rail." "$(reconfigure)"
restore
setting "git_data_dirs({ 'default' => { 'path' => '/srv' } })"
text=$(reconfigure)
contains "a removed setting" $'Removed configurations found in gitlab.rb. Aborting reconfigure.' "$text"
contains "a removed setting's advice" "* git_data_dirs has been removed since 18.0." "$text"
contains "check-config" "Deprecations found. Please correct them and try again." "$(inside gitlab-ctl check-config)"
returns "check-config's code" 1 inside gitlab-ctl check-config
returns "check-config --no-fail" 0 inside gitlab-ctl check-config --no-fail
restore
returns "check-config of a good file" 0 inside gitlab-ctl check-config
setting "raise 'no such luck'"
contains "an exception in gitlab.rb" "RuntimeError: no such luck" "$(reconfigure)"
restore
setting "gitlab_rails['smtp_adress'] = 'x'
external_url = 'http://ignored.example.com'
prometheus_monitoring['enable'] = false
gitaly['configuration'] = { concurrency: [] }
registry_external_url 'http://registry.example.com'"
returns "unknown inner keys, other parts and a stray = are accepted" 0 reconfigure
contains "and the stray = changes nothing" "host: \"$(inside hostname)\"" "$(inside cat $etc/gitlab.yml)"
restore

# external_url and nginx.
setting "external_url 'http://git.example.com:8929'
gitlab_rails['nginx']['client_max_body_size'] = '5m'
nginx['custom_gitlab_server_config'] = 'location = /custom { return 204; }'
nginx['worker_connections'] = 512
nginx['proxy_set_headers'] = { 'X-Mine' => 'yes', 'X-Real-IP' => nil }
nginx['real_ip_trusted_addresses'] = ['10.0.0.0/8']
gitlab_rails['trusted_proxies'] = ['10.0.0.0/8']"
reconfigure > /dev/null
succeeds "nginx listens on external_url's port" eventually 120 answers http://localhost:8929/-/health
is "custom server configuration" 204 "$(inside curl -s -o /dev/null -w '%{http_code}' http://localhost:8929/custom)"
succeeds "nginx settings are rendered" script "grep -q 'client_max_body_size 5m;' $conf && grep -q 'worker_connections 512;' /var/opt/gitlab/nginx/conf/nginx.conf && grep -q 'proxy_set_header X-Mine yes;' $conf && ! grep -q X-Real-IP $conf && grep -q 'set_real_ip_from 10.0.0.0/8;' $conf"
succeeds "the application knows its address" script "grep -q 'host: \"git.example.com\"' $etc/gitlab.yml && grep -q 'port: 8929' $etc/gitlab.yml && grep -q 'trusted_proxies: \[\"10.0.0.0/8\"\]' $etc/gitlab.yml"
restore
setting "nginx['custom_gitlab_server_config'] = 'proxy_set_headr X y;'"
returns "nginx's own mistakes pass reconfigure" 0 reconfigure
succeeds "and nginx says what is wrong" eventually 10 script "grep -q 'unknown directive \"proxy_set_headr\"' /var/log/gitlab/nginx/current"
restore
reconfigure > /dev/null
succeeds "nginx runs again" eventually 120 answers

# https.
setting "external_url 'https://git.example.com'"
contains "https without a certificate asks Let's Encrypt" "Validation failed, unable to request certificate" "$(reconfigure)"
script 'mkdir -p /etc/gitlab/ssl; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=git.example.com -keyout /etc/gitlab/ssl/git.example.com.key -out /etc/gitlab/ssl/git.example.com.crt 2>/dev/null'
setting "letsencrypt['enable'] = false
nginx['redirect_http_to_https'] = true"
returns "https with a certificate" 0 reconfigure
succeeds "https answers" eventually 120 answers https://localhost/-/health
contains "http redirects" "Location: https://git.example.com:443/x" "$(inside curl -si http://localhost/x | tr -d '\r')"
setting "nginx['listen_https'] = false
nginx['listen_port'] = 80
nginx['redirect_http_to_https'] = false"
returns "https ended by a proxy in front" 0 reconfigure
contains "the application still thinks https" "proxy_set_header X-Forwarded-Proto https;" "$(inside cat $conf)"
restore
setting "external_url 'gitlab.example.com'"
contains "an external_url without a scheme" "GitLab external URL must include a schema and FQDN" "$(reconfigure)"
restore

# PostgreSQL: reloaded, never restarted.
pid=$(inside head -n 1 /var/opt/gitlab/postgresql/data/postmaster.pid)
setting "postgresql['max_connections'] = 42
postgresql['work_mem'] = '9MB'
postgresql['listen_address'] = '127.0.0.1'
postgresql['port'] = 5432
postgresql['md5_auth_cidr_addresses'] = ['127.0.0.1/32']
postgresql['sql_user_password'] = '$(printf 'secretgitlab' | md5sum | cut -d' ' -f1)'"
reconfigure > /dev/null
is "PostgreSQL keeps running" "$pid" "$(inside head -n 1 /var/opt/gitlab/postgresql/data/postmaster.pid)"
succeeds "a reload takes over what it can" eventually 10 script '[ "$(gitlab-psql -Atc "SHOW work_mem")" = 9MB ]'
is "the rest waits for a restart" 100 "$(psql 'SHOW max_connections')"
inside gitlab-ctl restart postgresql > /dev/null
eventually 20 psql 'SELECT 1'
is "after a restart it is there" 42 "$(psql 'SHOW max_connections')"
is "a password works over TCP" 1 "$(script 'PGPASSWORD=secret psql -h 127.0.0.1 -U gitlab -d gitlabhq_production -Atc "SELECT 1"')"
restore
reconfigure > /dev/null
inside gitlab-ctl restart postgresql > /dev/null

# Redis.
setting "redis['password'] = 'p@ss word'
redis['maxmemory'] = '32mb'
gitlab_rails['redis_password'] = 'p@ss word'"
reconfigure > /dev/null
is "gitlab-redis-cli knows the password" PONG "$(inside gitlab-redis-cli ping)"
contains "others need it" "NOAUTH" "$(inside redis-cli -s /var/opt/gitlab/redis/redis.socket ping)"
is "maxmemory" 33554432 "$(inside gitlab-redis-cli config get maxmemory | tail -n 1)"
succeeds "the application knows the password" eventually 120 answers
restore
setting "redis['port'] = 6380
redis['bind'] = '127.0.0.1'"
reconfigure > /dev/null
is "Redis over TCP" PONG "$(inside gitlab-redis-cli ping)"
contains "the application is told" 'url: "redis://127.0.0.1:6380/"' "$(inside cat $etc/resque.yml)"
succeeds "and finds it" eventually 120 answers
restore

# One Sidekiq for each group of queues.
sidekiq_list() { script 'ps axo pid=,args= | sed -n "s/^ *\([0-9]*\) sidekiq [0-9.]* \(queues:[a-z_,]* \[0 of [0-9]* busy\]\)$/\1 \2/p" | sort -k2'; }
sidekiqs() { sidekiq_list | cut -d' ' -f2-; }
sidekiq_pids() { script 'pgrep -f "^sidekiq [0-9]" | sort -n | xargs'; }
known_to_redis() { script 'for p in $(gitlab-redis-cli smembers processes); do gitlab-redis-cli hget "$p" info | jq -r .tag; done | sort'; }
everything=$(inside sed -n 's/^- //p' /opt/gitlab/embedded/service/gitlab-rails/config/all_queues.yml | paste -sd,)
two="queues:$everything [0 of 5 busy]
queues:mailers,default [0 of 5 busy]"
two_run() { [ "$(sidekiqs)" = "$two" ]; }
one_runs() { [ "$(sidekiqs)" = "queues:$everything [0 of 5 busy]" ]; }
known() { script 'gitlab-redis-cli smembers processes | cut -d: -f2' | grep -qxF "${1// /$'\n'}"; }
none_runs() { [ -z "$(sidekiq_pids)" ] && ! known "$1"; }
others_run() {
  local now
  now=$(sidekiq_list)
  [ "$(cut -d' ' -f2- <<< "$now")" = "$two" ] && ! cut -d' ' -f1 <<< "$now" | grep -qxF "${1// /$'\n'}"
}
succeeds "one group is one Sidekiq" eventually 120 one_runs
is "which the supervisor runs itself" "runsv sidekiq" "$(script 'ps -o args= -p "$(ps -o ppid= -p "$(pgrep -f "^sidekiq [0-9]")" | tr -d " ")"')"
returns "and nothing stands between them" 1 inside pgrep -f sidekiq-cluster
setting "sidekiq['queue_groups'] = ['mailers, default', '*']"
reconfigure > /dev/null
succeeds "two groups are two Sidekiqs" eventually 120 two_run
succeeds "Redis knows both" eventually 120 script '[ "$(gitlab-redis-cli scard processes)" = 2 ]'
is "by their queues" "queues:$everything
queues:mailers,default" "$(known_to_redis)"
like "and they are one service" "run: sidekiq: \(pid [0-9]+\) [0-9]+s; run: log: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl status sidekiq)"
before=$(sidekiq_pids)
script "kill -9 ${before%% *}"
succeeds "when one of them dies, both are started anew" eventually 120 others_run "$before"
contains "and the log says why" '"message":"A worker terminated, shutting down the cluster"' "$(script 'cat /var/log/gitlab/sidekiq/current')"
before=$(sidekiq_pids)
inside gitlab-ctl kill sidekiq > /dev/null
succeeds "killed outright, none of them stays" eventually 120 others_run "$before"
before=$(sidekiq_pids)
like "restart" "ok: run: sidekiq: \(pid [0-9]+\) [0-9]+s" "$(inside gitlab-ctl restart sidekiq)"
succeeds "restarts both" eventually 120 others_run "$before"
before=$(sidekiq_pids)
inside gitlab-ctl term sidekiq > /dev/null
succeeds "term ends both, and they come again" eventually 120 others_run "$before"
before=$(sidekiq_pids)
succeeds "Redis knows those that run" eventually 120 known "$before"
like "stop" "ok: down: sidekiq: [01]s, normally up" "$(inside gitlab-ctl stop sidekiq)"
succeeds "stops both, and Redis forgets them" none_runs "$before"
restore
setting "sidekiq['queue_groups'] = ['*'] * 2"
inside gitlab-ctl start sidekiq > /dev/null
reconfigure > /dev/null
two="queues:$everything [0 of 5 busy]
queues:$everything [0 of 5 busy]"
succeeds "twice the same is two as well" eventually 120 two_run
restore
setting "sidekiq['queue_groups'] = ['default', ' , ']"
contains "a group without queues" "The sidekiq['queue_groups'] setting must be a list of queue names" "$(reconfigure)"
restore

# The application's settings.
setting "sidekiq['queue_groups'] = ['mailers,default']
sidekiq['concurrency'] = 3
puma['port'] = 8081
gitlab_rails['db_pool'] = 7
gitlab_rails['monitoring_whitelist'] = ['127.0.0.0/8', '172.16.0.0/12']
gitlab_rails['env'] = { 'MY_VARIABLE' => 'mine' }
gitlab_rails['smtp_enable'] = true
gitlab_rails['smtp_address'] = 'smtp.example.com'
gitlab_rails['smtp_port'] = 587"
reconfigure > /dev/null
succeeds "Sidekiq serves the named queues" eventually 120 script "ps axo args | grep -qx 'sidekiq [0-9.]* queues:mailers,default \\[0 of 3 busy\\]'"
succeeds "Puma's TCP port" eventually 120 answers http://127.0.0.1:8081/-/health
succeeds "the rest is rendered" script "grep -q 'pool: 7' $etc/database.yml && grep -q '172.16.0.0/12' $etc/gitlab.yml && grep -q 'address: \"smtp.example.com\"' $etc/smtp_settings.rb"
is "the environment reaches the application" mine "$(inside gitlab-ruby -e 'puts ENV["MY_VARIABLE"]')"
restore
reconfigure > /dev/null
succeeds "and goes away with the setting" script '! [ -e /opt/gitlab/etc/gitlab-rails/env/MY_VARIABLE ] && ! [ -e /opt/gitlab/embedded/service/gitlab-rails/config/initializers/smtp_settings.rb ]'
succeeds "the box is ready in the end" eventually 120 answers
