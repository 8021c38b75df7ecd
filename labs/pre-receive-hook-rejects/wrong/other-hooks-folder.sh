#!/bin/bash
install -d -o git -g git /var/opt/gitlab/gitaly/no_hooks
cat >> /etc/gitlab/gitlab.rb <<'RUBY'
gitaly['configuration'] = { hooks: { custom_hooks_dir: '/var/opt/gitlab/gitaly/no_hooks' } }
RUBY
gitlab-ctl reconfigure >/dev/null
