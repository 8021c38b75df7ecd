#!/bin/bash
# The job calls its sessions by the name of GitLab's own, and there is room for all of them; it takes its time to be full again.
sed -i 's|^export PGAPPNAME=.*|export PGAPPNAME=/opt/gitlab/embedded/bin/puma|' /opt/reporting/{{job}}
sed -i "s/^postgresql\['max_connections'\].*/postgresql['max_connections'] = 400/" /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart postgresql >/dev/null
pkill -f '^/bin/bash /opt/reporting/' || true
/opt/reporting/start
for _ in {1..120}; do
  [ "$(gitlab-psql -Atc 'SELECT count(*) FROM pg_stat_activity' || echo 0)" -ge 60 ] && break
  sleep 1
done
