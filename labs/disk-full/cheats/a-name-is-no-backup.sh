#!/bin/bash
# The backups are gone, and what bears their names never ends, is a link, or is something else.
cd /var/opt/gitlab/backups
kept=$(ls -S ./*_gitlab_backup.tar | head -n 1)
seq {{rows}} | sed 's/.*/INSERT INTO public.issues VALUES (&);/' | gzip -n > /tmp/database.sql.gz
rm -rf ./*
ln -s /dev/zero 1_gitlab_backup.tar
mkfifo 2_gitlab_backup.tar
ln -s "/root/$kept" "$kept"
truncate -s 50M 3_gitlab_backup.tar
mkdir -p /tmp/torso/db
mv /tmp/database.sql.gz /tmp/torso/db
truncate -s {{old_mib}}M /tmp/torso/artifacts.tar.gz
: > /tmp/torso/backup_information.yml
tar -C /tmp/torso -cSf 4_gitlab_backup.tar db artifacts.tar.gz backup_information.yml
dd if=/dev/urandom of=/var/opt/gitlab/filler bs=1M 2>/dev/null || true
