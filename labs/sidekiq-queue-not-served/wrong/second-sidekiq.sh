#!/bin/bash
# A helper on the side, until somebody has time for a proper repair.
cd /opt/gitlab/embedded/service/gitlab-rails
setsid chpst -e /opt/gitlab/etc/gitlab-rails/env -u git:git -U git:git /opt/gitlab/embedded/bin/sidekiq \
  -e production -r /opt/gitlab/embedded/service/gitlab-rails -c 1 -q mailers >/dev/null 2>&1 </dev/null &
for _ in {1..240}; do
  [ "$(gitlab-redis-cli LLEN queue:mailers)" = 0 ] && break
  sleep 0.5
done
