#!/bin/bash
sed -i '/^# Maintenance page/d; /custom_gitlab_server_config.*proxy_pass/d' /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
