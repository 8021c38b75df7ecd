#!/bin/bash
sed -i 's/'{{old}}'/'{{new}}'/' /var/opt/gitlab/gitlab-rails/etc/gitlab.yml
gitlab-ctl restart puma >/dev/null
gitlab-ctl restart sidekiq >/dev/null
