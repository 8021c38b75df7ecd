#!/bin/bash
sed -i "s/^sidekiq\['queue_groups'\].*/sidekiq['queue_groups'] = [\n  'mailers',\n  '*'\n]/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
