#!/bin/bash
sed -i '/opt\/reporting\/start/d' /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
sed -i 's/^max_connections = .*/max_connections = 200/' /var/opt/gitlab/postgresql/data/postgresql.conf
gitlab-ctl restart postgresql >/dev/null
