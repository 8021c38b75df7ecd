#!/bin/bash
cat >> /etc/gitlab/gitlab.rb <<'RUBY'

# Maintenance page for the storage move, CHG-40117. Remove on Sunday!
RUBY
printf "nginx['custom_gitlab_server_config'] = 'location ~ ^/(?!-/) { proxy_pass http://127.0.0.1:%s; }'\n" {{port}} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
