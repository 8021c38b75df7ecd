#!/bin/bash
sed -i "/^sidekiq\['queue_groups'\]/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
