#!/bin/bash
cd /var/opt/gitlab/backups
ls -t ./*_gitlab_backup.tar | tail -n +2 | xargs rm
sed -i "s/^gitlab_rails\['backup_keep_time'\].*/gitlab_rails['backup_keep_time'] = 604800/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-redis-cli bgsave >/dev/null
