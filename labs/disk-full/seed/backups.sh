#!/bin/bash
mib={{old_mib}}
dir=/var/opt/gitlab/backups
version=$(head -n 1 /opt/gitlab/embedded/service/gitlab-rails/VERSION)
cat >> /etc/gitlab/gitlab.rb <<'RUBY'

# One week of backups on this machine, the rest on tape.
gitlab_rails['backup_keep_time'] = 604800
RUBY
gitlab-ctl reconfigure >/dev/null

# The last night that went well.
work=$(mktemp -d)
mkdir "$work/db"
seq {{rows}} | sed 's/.*/INSERT INTO public.issues VALUES (&);/' | gzip -n > "$work/db/database.sql.gz"
head -c "$mib"M /dev/zero | openssl enc -aes-128-ctr -K "$(printf %s {{tape}} | md5sum | cut -c 1-32)" -iv "$(printf %032d 0)" > "$work/artifacts.tar.gz"
printf -- '---\n:backup_created_at: %s\n:gitlab_version: %s\n:installation_type: omnibus-gitlab\n' \
  "$(date -u -d '3 days ago 02:00' '+%F %T Z')" "$version" > "$work/backup_information.yml"
file=$dir/$(date -u -d '3 days ago 02:00' "+%s_%Y_%m_%d_$version")_gitlab_backup.tar
tar -C "$work" -cf "$file" db artifacts.tar.gz backup_information.yml
chown git:git "$file"
chmod 0600 "$file"
touch -d "$(date -u -d '3 days ago 02:03' '+%F %T') UTC" "$file"
rm -rf "$work"
