#!/bin/bash
rm -r /var/opt/gitlab/www
sed -i "/^greeting 'Closed/d; /^sidekiq 'off'/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart nginx
