#!/bin/bash
sed -i '/opt\/reporting\/start/d; /max_connections/d' /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-psql -Atc "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"{{job}}"'" >/dev/null
gitlab-ctl reconfigure >/dev/null
