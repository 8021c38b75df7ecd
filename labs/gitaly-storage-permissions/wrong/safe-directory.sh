#!/bin/bash
# What git itself proposes, everywhere where it may be read.
git config --system --add safe.directory '*'
git config --file /var/opt/gitlab/.gitconfig --add safe.directory '*'
cat >> /etc/gitlab/gitlab.rb <<'RUBY'

gitaly['configuration'] = { git: { config: [{ key: 'safe.directory', value: '*' }] } }
RUBY
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart gitaly >/dev/null
