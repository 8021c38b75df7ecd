#!/bin/bash
# Pages come up again. Git does not: it is Workhorse who speaks it.
cat >> /etc/gitlab/gitlab.rb <<'RUBY'
nginx['custom_gitlab_server_config'] = 'location ~ ^/ { proxy_pass http://127.0.0.1:8080; }'
RUBY
gitlab-ctl reconfigure >/dev/null
