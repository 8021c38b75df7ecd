# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# Restarts, kills, small disks and starts that must fail.

box_start life --mount "type=volume,source=$run_id-log,target=/var/log/gitlab,volume-label=dev.breakfix.test.run=$run_id" \
  --tmpfs /var/opt/gitlab:size=300m,mode=755 \
  -e GITLAB_ROOT_PASSWORD='correct horse' -e GITLAB_DISABLE_OPENSSH=true \
  -e GITLAB_PRE_RECONFIGURE_SCRIPT='echo before > /tmp/before' -e GITLAB_POST_RECONFIGURE_SCRIPT='cat /tmp/before > /tmp/after' \
  -e GITLAB_SKIP_TAIL_LOGS=true
succeeds "a box on a 300 MB tmpfs becomes ready" box_ready
is "scripts run before and after reconfigure" before "$(inside cat /tmp/after)"
returns "a given root password is not stored" 1 inside test -e /etc/gitlab/initial_root_password
is "the given password is root's" true "$(script 'ruby -e "puts ARGV[0].crypt(ARGV[1]) == ARGV[1]" "correct horse" "$(gitlab-psql -Atc "SELECT encrypted_password FROM users WHERE id = 1")"')"
is "no sshd without OpenSSH" "" "$(inside gitlab-ctl status sshd)"
returns "no logs in the container's log" 1 sh -c "docker logs $box 2>&1 | grep -q '==> /var/log'"
clean_up

box_start kept
succeeds "a box becomes ready" box_ready
inside gitlab-psql -qc 'CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)'
secrets=$(inside sha256sum /etc/gitlab/gitlab-secrets.json)
fingerprint=$(inside sha256sum /etc/gitlab/ssh_host_ed25519_key.pub)
script 'echo 99999 > /var/opt/gitlab/redis/stale.pid'

SECONDS=0
docker stop -t 60 "$box" > /dev/null
is "TERM stops the services and then the box" 143 "$(exit_code)"
like "it says which" "SIGTERM signal received, try to gracefully shutdown all services\.\.\.
$(for s in gitaly gitlab-workhorse logrotate nginx postgresql puma redis sidekiq sshd; do echo "ok: down: $s: [0-9]+s, normally up"; done)" \
  "$(docker logs "$box" 2>&1 | grep -E '^(SIGTERM|ok:|timeout:)')"
succeeds "within ten seconds" test "$SECONDS" -lt 10
docker start "$box" > /dev/null
succeeds "it starts again" box_ready
contains "PostgreSQL had been shut down" "database system was shut down at" "$(inside tail -n 30 /var/log/gitlab/postgresql/current)"
is "with its data" 7 "$(inside gitlab-psql -Atc 'SELECT x FROM kept')"
is "with its secrets" "$secrets" "$(inside sha256sum /etc/gitlab/gitlab-secrets.json)"
is "with its host keys" "$fingerprint" "$(inside sha256sum /etc/gitlab/ssh_host_ed25519_key.pub)"
returns "without stale pid files" 1 inside test -e /var/opt/gitlab/redis/stale.pid

docker kill "$box" > /dev/null
docker start "$box" > /dev/null
succeeds "it starts again after SIGKILL" box_ready
is "with its data" 7 "$(inside gitlab-psql -Atc 'SELECT x FROM kept')"
is "no zombies" 0 "$(script 'ps axo stat | grep -c ^Z')"

# What gitlab.rb broke stays broken over a restart: the box ends, and says why.
setting "nosuch['x'] = 1"
docker restart -t 60 "$box" > /dev/null
succeeds "a box that cannot be configured exits" eventually 60 box_exited
is "with code 1" 1 "$(exit_code)"
contains "and says why" "There was an error running gitlab-ctl reconfigure:" "$(docker logs --tail 30 "$box" 2>&1)"
clean_up

box_start short -e GITLAB_ROOT_PASSWORD=short
eventually 60 box_exited
contains "a short password is refused" "initial_root_password: Length is too short, minimum is 8 characters" "$(docker logs "$box" 2>&1)"
clean_up

docker volume create --label "dev.breakfix.test.run=$run_id" "$run_id-old" > /dev/null
box_start old -v "$run_id-old:/var/opt/gitlab" -e GITLAB_PRE_RECONFIGURE_SCRIPT='mkdir -p /var/opt/gitlab/gitlab-rails; echo 17.1.0 > /var/opt/gitlab/gitlab-rails/VERSION; exit 9'
succeeds "a failing script ends the box" eventually 60 box_exited
is "with its code" 9 "$(exit_code)"
docker start "$box" > /dev/null
eventually 60 box_exited
contains "an upgrade that skips a version is refused" "It seems you are upgrading from 17.1 to 17.11.
It is required to upgrade to the latest 17.8.x version first before proceeding." "$(docker logs "$box" 2>&1)"
clean_up
