#!/bin/bash
sed -i '/opt\/reporting\/start/d' /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-psql -Atc 'ALTER SYSTEM SET max_connections = 200' >/dev/null
gitlab-ctl restart postgresql >/dev/null
