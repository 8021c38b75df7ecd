#!/bin/bash
mkdir -p /opt/reporting
cat > /opt/reporting/{{job}} <<'JOB'
#!/bin/bash
# Live figures for the board. A session for each tile of the dashboard, opened
# ahead so that nobody has to wait. Agnieszka, March.
export PGAPPNAME=${0##*/}
tiles=70
ahead=30
ask() {
  exec /opt/gitlab/embedded/bin/chpst -u git /opt/gitlab/embedded/bin/psql -X -q \
    -h /var/opt/gitlab/postgresql -U gitlab -d gitlabhq_production >/dev/null 2>&1
}
until echo 'SELECT 1' | ask; do sleep 0.1; done
while :; do
  for _ in $(seq "$ahead"); do
    [ "$(jobs -rp | wc -l)" -lt "$tiles" ] || break
    echo 'SELECT count(*) AS tile FROM issues \watch 10' | ask &
  done
  ahead=4
  sleep 3
done
JOB
cat > /opt/reporting/start <<'START'
#!/bin/bash
job=/opt/reporting/{{job}}
pgrep -f "^/bin/bash $job" >/dev/null || setsid "$job" </dev/null >/dev/null 2>&1 &
START
chmod 0755 /opt/reporting/{{job}} /opt/reporting/start
cat >> /etc/gitlab/gitlab.rb <<'RUBY'

# "Your PostgreSQL wastes memory", https://blog.example/postgres-diet: 18 % less!
RUBY
printf "postgresql['max_connections'] = %s\n" {{limit}} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl stop puma >/dev/null
gitlab-ctl stop sidekiq >/dev/null
gitlab-ctl restart postgresql >/dev/null

cat >> /etc/gitlab/gitlab.rb <<'RUBY'

# There is no cron in this container, so the dashboard starts with GitLab. (AW)
Kernel.system('/opt/reporting/start')
RUBY
full() {
  gitlab-psql -Atc "SELECT count(*) >= current_setting('max_connections')::int - 3 FROM pg_stat_activity WHERE usename = 'gitlab'" |
    grep -qx t
}
for _ in $(seq 60); do
  /opt/reporting/start
  sleep 1
  full 2>/dev/null && break
done
gitlab-ctl start puma >/dev/null
gitlab-ctl start sidekiq >/dev/null
# The customer sees the application's own 500, not the 502 of one that is still booting.
for _ in $(seq 90); do
  code=$(curl --silent --insecure --max-time 5 --output /dev/null --write-out '%{http_code}' http://localhost/users/sign_in || true)
  case $code in 000 | 502) sleep 1 ;; *) break ;; esac
done
