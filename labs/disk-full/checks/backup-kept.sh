#!/bin/bash
# What is in the backups' folder was put there by strangers: each file is read from beginning to end through a pipe, a bounded
# part of what comes out of it is looked at, and nothing is unpacked.
mib={{old_mib}}
issues=$(seq {{rows}} | sed 's/.*/INSERT INTO public.issues VALUES (&);/' | sha256sum)
artifacts=$(head -c "$mib"M /dev/zero | openssl enc -aes-128-ctr -K "$(printf %s {{tape}} | md5sum | cut -c 1-32)" -iv "$(printf %032d 0)" | sha256sum)
member() { contents "$1" 67108864 | tar -xOf - "$2" 2>/dev/null | head -c "$3"; }
kept() {
  contents "$1" 67108864 | tar -tf - 2>/dev/null | grep -x backup_information.yml >/dev/null || return 1
  [ "$( (member "$1" db/database.sql.gz 16777216 | gzip -dc | head -c 33554432) 2>/dev/null | sha256sum)" = "$issues" ] || return 1
  [ "$( (member "$1" artifacts.tar.gz 33554432 || :) | sha256sum)" = "$artifacts" ]
}
while read -r -d '' file; do
  ! kept "$file" || exit 0
done < <(find /var/opt/gitlab/backups -maxdepth 1 -type f -size -65536k -size +$((mib * 1024))k -name '*_gitlab_backup.tar' -print0 | head -z -n 40)
fail "the latest backup that can be restored is not in /var/opt/gitlab/backups any more"
