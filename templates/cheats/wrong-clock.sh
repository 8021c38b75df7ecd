#!/bin/bash
# The clock cannot be set without a privilege that nobody has here; what can be, is: zones, and the times of files.
date -s '2001-01-01' >/dev/null 2>&1 || true
ln -sf /usr/share/zoneinfo/Pacific/Kiritimati /etc/localtime
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
gitlab_rails['time_zone'] = 'Samoa'
gitlab_rails['env'] = { 'TZ' => 'Pacific/Kiritimati' }
RUBY
gitlab-ctl reconfigure >/dev/null 2>&1 || true
find /etc/gitlab /var/opt/gitlab /var/log/gitlab -xdev -exec touch -h -d '2031-01-01' {} + 2>/dev/null || true
