#!/bin/sh
mib={{old_mib}}
expected=$(seq {{rows}} | sed 's/.*/INSERT INTO public.issues VALUES (&);/' | sha256sum)
for file in /var/opt/gitlab/backups/*_gitlab_backup.tar; do
  [ "$(tar -xOf "$file" db/database.sql.gz 2>/dev/null | gzip -dc 2>/dev/null | sha256sum)" = "$expected" ] || continue
  [ "$(tar -xOf "$file" artifacts.tar.gz 2>/dev/null | wc -c)" -eq $((mib * 1048576)) ] || continue
  tar -tf "$file" | grep -x backup_information.yml >/dev/null && exit 0
done
echo "the latest backup that can be restored is not in /var/opt/gitlab/backups any more"
exit 1
