#!/bin/bash
sed -i "s/^gitlab_rails\['redis_password'\].*/gitlab_rails['redis_password'] = '"{{new}}"'/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
