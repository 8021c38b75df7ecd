#!/bin/sh
keep=$(/opt/gitlab/bin/gitlab-ctl show-config 2>/dev/null | sed -n 's/.*"backup_keep_time": *"\{0,1\}\([0-9]*\).*/\1/p')
[ "${keep:-0}" -gt 0 ] || { echo "backups are still kept for ever: the disk will fill up again"; exit 1; }
[ "$keep" -ge 86400 ] || { echo "backups are deleted after $keep seconds: that keeps not even one night"; exit 1; }
