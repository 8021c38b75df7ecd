# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# Gitaly, Workhorse and GitLab Shell as reconfigure sets them up: files, secrets, logs, and who is restarted.

box_start git-services
succeeds "a box for the Git services becomes ready" box_ready
toml=/var/opt/gitlab/gitaly/config.toml
shell=/opt/gitlab/embedded/service/gitlab-shell
rails=/opt/gitlab/embedded/service/gitlab-rails
workhorse=/var/opt/gitlab/gitlab-workhorse
pid() { inside cat "/opt/gitlab/sv/$1/supervise/pid"; }
rendered() { inside grep -Fqx -- "$2" "$1"; } # FILE LINE
gitlab_yml() { script "ruby -ryaml -rjson -e 'puts YAML.load_file(\"/var/opt/gitlab/gitlab-rails/etc/gitlab.yml\", aliases: true)[\"production\"].dig(*ARGV).to_json' $*"; }

# As it starts.
is "modes and owners" "700 git:git /var/opt/gitlab/gitaly
640 root:git $toml
644 root:root /var/opt/gitlab/gitaly/.gitlab_secret
700 git:root /var/log/gitlab/gitaly
700 git:git /var/opt/gitlab/git-data
2770 git:git /var/opt/gitlab/git-data/repositories
750 git:gitlab-www $workhorse
750 git:gitlab-www $workhorse/sockets
640 root:git $workhorse/config.toml
700 git:root /var/log/gitlab/gitlab-workhorse
700 git:root /var/opt/gitlab/gitlab-shell
640 root:git /var/opt/gitlab/gitlab-shell/config.yml
700 git:root /var/log/gitlab/gitlab-shell
700 git:git /var/opt/gitlab/.ssh
600 git:git /var/opt/gitlab/.ssh/authorized_keys
644 git:git /var/opt/gitlab/.gitconfig" \
  "$(inside stat -c '%a %U:%G %n' /var/opt/gitlab/gitaly $toml /var/opt/gitlab/gitaly/.gitlab_secret /var/log/gitlab/gitaly \
    /var/opt/gitlab/git-data /var/opt/gitlab/git-data/repositories $workhorse $workhorse/sockets $workhorse/config.toml \
    /var/log/gitlab/gitlab-workhorse /var/opt/gitlab/gitlab-shell /var/opt/gitlab/gitlab-shell/config.yml /var/log/gitlab/gitlab-shell \
    /var/opt/gitlab/.ssh /var/opt/gitlab/.ssh/authorized_keys /var/opt/gitlab/.gitconfig)"
is "nginx may connect to Workhorse, others may not" "srwxrwxrwx 0 1" \
  "$(script "stat -c %A $workhorse/sockets/socket; for u in gitlab-www gitlab-psql; do chpst -u \$u curl -s -o /dev/null --unix-socket $workhorse/sockets/socket http://x/-/health && echo 0 || echo 1; done" | xargs)"
is "they run as git" "git git" "$(script 'for s in gitaly gitlab-workhorse; do ps -o user= -p "$(cat /opt/gitlab/sv/$s/supervise/pid)"; done' | xargs)"
is "Gitaly's process id is on file" "$(pid gitaly)" "$(inside cat /var/opt/gitlab/gitaly/gitaly.pid)"
succeeds "Gitaly's log is JSON, line by line" script 'jq -es "map(select(.msg == \"Starting Gitaly\")) | length > 0" /var/log/gitlab/gitaly/current'
succeeds "so is Workhorse's" script 'curl -s http://localhost/users/sign_in > /dev/null; sleep 0.5; jq -es "map(select(.uri == \"/users/sign_in\" and .status == 200)) | length > 0" /var/log/gitlab/gitlab-workhorse/current'
is "the version of Gitaly" "gitaly 16.11.6" "$(inside grep ^gitaly /opt/gitlab/version-manifest.txt)"
is "the version of GitLab Shell" "14.35.0" "$(inside cat $shell/VERSION)"

# Secrets.
is "one secret for the application, GitLab Shell and Gitaly" 1 "$(script "cat $rails/.gitlab_shell_secret > /tmp/a; jq -j .gitlab_shell.secret_token /etc/gitlab/gitlab-secrets.json > /tmp/b; sha256sum < /tmp/a; sha256sum < /tmp/b; sha256sum < $shell/.gitlab_shell_secret; sha256sum < /var/opt/gitlab/gitaly/.gitlab_secret" | sort -u | wc -l)"
is "the secret shared with Workhorse has 32 bytes" 32 "$(script "base64 -d $rails/.gitlab_workhorse_secret | wc -c")"
is "and stands in the secrets file" "$(inside cat $rails/.gitlab_workhorse_secret)" "$(inside jq -r .gitlab_workhorse.secret_token /etc/gitlab/gitlab-secrets.json)"

# GitLab Shell.
is "the self-check reaches the internal API" "Internal API available: OK
Redis available via internal API: OK" "$(inside chpst -u git $shell/bin/check)"
is "an unknown key" "# No key was found for AAAA" "$(inside chpst -u git $shell/bin/gitlab-shell-authorized-keys-check git git AAAA)"
is "a key for another account" "" "$(inside chpst -u git $shell/bin/gitlab-shell-authorized-keys-check git root AAAA 2> /dev/null)"
succeeds "GitLab Shell's log is JSON" script 'tail -n 1 /var/log/gitlab/gitlab-shell/gitlab-shell.log | jq -e .correlation_id'
contains "sshd asks GitLab Shell" "AuthorizedKeysCommand $shell/bin/gitlab-shell-authorized-keys-check git %u %k" "$(inside cat /assets/sshd_config)"

# gitaly['configuration'].
gitaly=$(pid gitaly) workhorse_pid=$(pid gitlab-workhorse) nginx=$(pid nginx) puma=$(pid puma)
setting "gitaly['env'] = { 'MY_VARIABLE' => 'mine' }
gitaly['configuration'] = {
  auth: { token: 'it\"s' },
  logging: { level: 'warn' },
  concurrency: [
    { rpc: '/gitaly.SmartHTTPService/PostReceivePack', max_per_repo: 3 },
    { rpc: '/gitaly.SSHService/SSHUploadPack', max_per_repo: 4 }
  ],
  git: { catfile_cache_size: 5, config: [{ key: 'pack.threads', value: '1' }] }
}
gitlab_rails['gitaly_token'] = 'it\"s'"
returns "gitaly['configuration'] is accepted" 0 reconfigure
is "it is rendered beside the defaults" '# ...
socket_path = "/var/opt/gitlab/gitaly/gitaly.socket"
runtime_dir = "/var/opt/gitlab/gitaly/run"
bin_dir = "/opt/gitlab/embedded/bin"
prometheus_listen_addr = "localhost:9236"

[[storage]]
name = "default"
path = "/var/opt/gitlab/git-data/repositories"

[auth]
token = "it\"s"

[git]
bin_path = "/opt/gitlab/embedded/bin/git"
catfile_cache_size = 5

[[git.config]]
key = "pack.threads"
value = "1"

[gitlab]
url = "http+unix://%2Fvar%2Fopt%2Fgitlab%2Fgitlab-workhorse%2Fsockets%2Fsocket"
secret_file = "/var/opt/gitlab/gitaly/.gitlab_secret"

[gitlab-shell]
dir = "/opt/gitlab/embedded/service/gitlab-shell"

[hooks]
custom_hooks_dir = "/var/opt/gitlab/gitaly/custom_hooks"

[logging]
dir = "/var/log/gitlab/gitaly"
format = "json"
level = "warn"

[[concurrency]]
rpc = "/gitaly.SmartHTTPService/PostReceivePack"
max_per_repo = 3

[[concurrency]]
rpc = "/gitaly.SSHService/SSHUploadPack"
max_per_repo = 4' "$(echo '# ...'; inside sed '1,/^# and run/d; /./,$!d' $toml)"
is "Gitaly logs from level warn on" "" "$(script 'sed -n "/\"pid\":$(cat /opt/gitlab/sv/gitaly/supervise/pid),/p" /var/log/gitlab/gitaly/current | grep "\"level\":\"info\""')"
is "the application gets the token" '"it\"s"' "$(gitlab_yml gitaly token)"
succeeds "the environment of Gitaly" script 'chpst -u git cat /proc/$(cat /opt/gitlab/sv/gitaly/supervise/pid)/environ | tr "\0" "\n" | grep -qx MY_VARIABLE=mine'
is "Gitaly and the application were restarted, the others not" "changed changed $workhorse_pid $nginx" \
  "$([ "$(pid gitaly)" != "$gitaly" ] && echo changed) $([ "$(pid puma)" != "$puma" ] && echo changed) $(pid gitlab-workhorse) $(pid nginx)"
succeeds "the application knows the token" eventually 60 answers
gitaly=$(pid gitaly)
reconfigure > /dev/null
is "nothing is restarted when nothing changed" "$gitaly $workhorse_pid" "$(pid gitaly) $(pid gitlab-workhorse)"
is "hup lets Gitaly end its requests and starts it anew" "" "$(inside gitlab-ctl hup gitaly)"
succeeds "with another process" eventually 20 script "[ \"\$(cat /opt/gitlab/sv/gitaly/supervise/pid)\" != $gitaly ] && [ -S /var/opt/gitlab/gitaly/gitaly.socket ]"
restore
reconfigure > /dev/null
returns "the variable goes away with the setting" 1 inside test -e /opt/gitlab/etc/gitaly/env/MY_VARIABLE

# Storages.
setting "gitaly['configuration'] = { storage: [
  { name: 'default', path: '/var/opt/gitlab/git-data/repositories' },
  { name: 'second', path: '/var/opt/gitlab/second/repositories' } ] }"
reconfigure > /dev/null
is "a second storage has its directory" "2770 git:git" "$(inside stat -c '%a %U:%G' /var/opt/gitlab/second/repositories)"
is "the application knows both" '{"default":{"path":"/var/opt/gitlab/git-data/repositories","gitaly_address":"unix:/var/opt/gitlab/gitaly/gitaly.socket"},"second":{"path":"/var/opt/gitlab/second/repositories","gitaly_address":"unix:/var/opt/gitlab/gitaly/gitaly.socket"}}' "$(gitlab_yml repositories storages)"
restore
setting "gitlab_rails['repositories_storages'] = {
  'default' => { 'gitaly_address' => 'tcp://gitaly.example.com:8075', 'gitaly_token' => 'other' } }"
reconfigure > /dev/null
is "storages elsewhere" '{"default":{"path":"/var/opt/gitlab/git-data/repositories","gitaly_address":"tcp://gitaly.example.com:8075","gitaly_token":"other"}}' "$(gitlab_yml repositories storages)"
restore
setting "gitaly['configuration'] = { storage: [ { name: 'default', path: '/srv/a' }, { name: 'b', path: '/srv/a' } ] }"
contains "two storages at one place" "Multiple Gitaly storages are sharing the same filesystem path:
  /srv/a: default, b" "$(reconfigure)"
returns "and nothing was made there" 1 inside test -e /srv/a
restore
setting "gitaly['configuration'] = { storage: { 'default' => '/srv/a' } }"
contains "storages of the wrong shape" "must be a list of storages, each with a name and a path." "$(reconfigure)"
restore
setting "gitaly['auth_token'] = 'x'
gitlab_rails['git_data_dirs'] = {}"
contains "a setting that has moved" "* gitaly['auth_token'] has been removed since 16.0. Use gitaly['configuration'][:auth][:token] instead." "$(reconfigure)"
restore

# gitlab_workhorse and gitlab_shell.
setting "gitlab_workhorse['listen_network'] = 'tcp'
gitlab_workhorse['listen_addr'] = '127.0.0.1:8181'
gitlab_workhorse['proxy_headers_timeout'] = '2m0s'
gitlab_workhorse['env'] = { 'MY_VARIABLE' => 'mine' }
gitlab_shell['log_level'] = 'DEBUG'
gitlab_shell['audit_usernames'] = true
gitlab_shell['http_settings'] = { read_timeout: 7 }
gitlab_shell['auth_file'] = '/gitlab-data/ssh/authorized_keys'
gitlab_rails['gitlab_shell_ssh_port'] = 2222
gitlab_rails['gitlab_ssh_host'] = 'ssh.example.com'
user['git_user_name'] = 'Somebody'"
reconfigure > /dev/null
succeeds "everything finds Workhorse on TCP" eventually 60 answers
contains "nginx" "server 127.0.0.1:8181 fail_timeout=0;" "$(inside cat /var/opt/gitlab/nginx/conf/upstream_definitions/gitlab-workhorse.conf)"
succeeds "Gitaly" rendered $toml 'url = "http://127.0.0.1:8181"'
succeeds "GitLab Shell" rendered $shell/config.yml 'gitlab_url: "http://127.0.0.1:8181"'
contains "which still reaches the internal API" "Internal API available: OK" "$(inside chpst -u git $shell/bin/check)"
succeeds "Workhorse's flags" script "tr '\\0' ' ' < /proc/\$(cat /opt/gitlab/sv/gitlab-workhorse/supervise/pid)/cmdline | grep -q -- '-listenNetwork tcp .*-listenAddr 127.0.0.1:8181 .*-proxyHeadersTimeout 2m0s '"
succeeds "Workhorse's environment" script 'chpst -u git cat /proc/$(cat /opt/gitlab/sv/gitlab-workhorse/supervise/pid)/environ | tr "\0" "\n" | grep -qx MY_VARIABLE=mine'
is "GitLab Shell's settings" 'http_settings: {"read_timeout":7}
auth_file: "/gitlab-data/ssh/authorized_keys"
log_level: DEBUG
audit_usernames: true' "$(inside grep -E '^(http_settings|auth_file|log_level|audit_usernames):' $shell/config.yml)"
is "another file for the keys" "600 git:git" "$(inside stat -c '%a %U:%G' /gitlab-data/ssh/authorized_keys)"
is "the application's view of SSH" '"ssh.example.com" 2222' "$(gitlab_yml gitlab_shell ssh_host) $(gitlab_yml gitlab_shell ssh_port)"
contains "the Git account's configuration" "name = Somebody" "$(inside cat /var/opt/gitlab/.gitconfig)"
restore
setting "gitlab_workhorse['auth_socket'] = '/nowhere'"
reconfigure > /dev/null
contains "auth_socket alone is not heeded" "-authSocket /var/opt/gitlab/gitlab-rails/sockets/gitlab.socket" "$(inside cat /opt/gitlab/sv/gitlab-workhorse/run)"
setting "gitlab_workhorse['auth_backend'] = 'http://127.0.0.1:8080'"
reconfigure > /dev/null
contains "auth_backend makes it count" $'-authBackend http://127.0.0.1:8080 \\\n  -authSocket /nowhere' "$(inside cat /opt/gitlab/sv/gitlab-workhorse/run)"
restore
setting "gitlab_workhorse['auth_backend'] = 'http://127.0.0.1:8080'"
reconfigure > /dev/null
succeeds "auth_backend replaces Puma's socket" eventually 60 answers
returns "in the run script" 1 inside grep authSocket /opt/gitlab/sv/gitlab-workhorse/run
restore
setting "nginx['enable'] = false"
reconfigure > /dev/null
contains "without nginx, the health check asks Workhorse" "--unix-socket $workhorse/sockets/socket" "$(inside cat /opt/gitlab/etc/gitlab-healthcheck-rc)"
succeeds "and finds it well" eventually 60 inside gitlab-healthcheck --fail --max-time 10
restore
reconfigure > /dev/null
succeeds "the box is ready again" eventually 60 answers

# Secrets that differ: allowed, but said.
setting "gitaly['gitlab_secret'] = 'another'"
contains "a secret of Gitaly's own is warned of" "Warnings:
Gitaly and GitLab Shell specifies different secrets to authenticate with GitLab" "$(reconfigure)"
is "and rendered" another "$(inside cat /var/opt/gitlab/gitaly/.gitlab_secret)"
restore
setting "gitlab_workhorse['secret_token'] = '$(head -c 32 /dev/zero | base64)'"
puma=$(pid puma) workhorse_pid=$(pid gitlab-workhorse)
reconfigure > /dev/null
is "a new secret restarts both sides" "changed changed" \
  "$([ "$(pid puma)" != "$puma" ] && echo changed) $([ "$(pid gitlab-workhorse)" != "$workhorse_pid" ] && echo changed)"
succeeds "which then understand each other" eventually 60 answers
restore
script 'jq "del(.gitaly)" /etc/gitlab/gitlab-secrets.json > /tmp/s && cat /tmp/s > /etc/gitlab/gitlab-secrets.json'
reconfigure > /dev/null

# Drift.
script "chmod 700 $workhorse/sockets; chown root:root /var/opt/gitlab/git-data/repositories; chmod 755 /var/opt/gitlab/.ssh; rm $shell/config.yml $shell/.gitlab_shell_secret $rails/.gitlab_workhorse_secret; mkdir /var/opt/gitlab/git-data/repositories/inner; chmod 711 /var/opt/gitlab/git-data/repositories/inner
  echo x >> $toml; echo mine > /var/opt/gitlab/.ssh/authorized_keys"
reconfigure > /dev/null
is "modes, owners, links and files are put right" "750 git 2770 700 0" \
  "$(script "stat -c %a $workhorse/sockets; stat -c '%U %a' /var/opt/gitlab/git-data/repositories; stat -c %a /var/opt/gitlab/.ssh; cat $shell/config.yml $shell/.gitlab_shell_secret $rails/.gitlab_workhorse_secret | grep -c ^x\$" | xargs)"
is "what is inside a storage, and the keys, are not reconfigure's" "2711 mine" "$(script 'stat -c %a /var/opt/gitlab/git-data/repositories/inner; cat /var/opt/gitlab/.ssh/authorized_keys' | xargs)"
script "chmod 755 /var/opt/gitlab/git-data/repositories/inner; rmdir /var/opt/gitlab/git-data/repositories/inner; : > /var/opt/gitlab/.ssh/authorized_keys"

# Switched off.
setting "gitaly['enable'] = false"
reconfigure > /dev/null
contains "gitaly['enable'] = false" $'gitaly\ngitlab-workhorse*' "$(inside gitlab-ctl service-list)"
restore
reconfigure > /dev/null
succeeds "and on again" eventually 60 answers
