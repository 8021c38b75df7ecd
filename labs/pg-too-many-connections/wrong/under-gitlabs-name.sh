#!/bin/bash
# The job calls its sessions by the name of GitLab's own, and there is room for all of them.
sed -i 's|^export PGAPPNAME=.*|export PGAPPNAME=/opt/gitlab/embedded/bin/puma|' /opt/reporting/{{job}}
sed -i "s/^postgresql\['max_connections'\].*/postgresql['max_connections'] = 400/" /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart postgresql >/dev/null
