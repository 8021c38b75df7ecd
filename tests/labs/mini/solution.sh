#!/bin/bash
sed -i "/^greeting 'Closed/d; /^sidekiq 'off'/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
