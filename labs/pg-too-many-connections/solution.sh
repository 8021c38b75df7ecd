#!/bin/bash
sed -i '/no cron in this container/d; /opt\/reporting\/start/d; /postgres-diet/d; /max_connections/d' /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart postgresql >/dev/null
