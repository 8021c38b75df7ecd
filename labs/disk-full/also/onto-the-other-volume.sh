#!/bin/bash
# All that tar can read to its end goes out of the way, but for the newest.
cd /var/opt/gitlab/backups
mkdir -p /var/log/gitlab/old-backups
rm -rf db
newest=
for file in $(ls -t ./*_gitlab_backup.tar); do
  if ! tar -tf "$file" >/dev/null 2>&1; then rm "$file"
  elif [ -z "$newest" ]; then newest=$file
  else mv "$file" /var/log/gitlab/old-backups/
  fi
done
sed -i "s/^gitlab_rails\['backup_keep_time'\].*/gitlab_rails['backup_keep_time'] = 7 * 24 * 60 * 60/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-redis-cli bgsave >/dev/null
