#!/bin/bash
# One Gitaly for the auditors, and one without any token for the application.
set -e
dir=/var/opt/gitlab/gitaly-two
install -d -o git -g git -m 700 $dir $dir/run
sed -e "s|/var/opt/gitlab/gitaly/gitaly.socket|$dir/gitaly.socket|; s|/var/opt/gitlab/gitaly/run|$dir/run|; /^listen_addr/d; /^token/d" \
  -e '/^prometheus_listen_addr/d' /var/opt/gitlab/gitaly/config.toml >$dir/config.toml
chown git:git $dir/config.toml
setsid chpst -e /opt/gitlab/etc/gitaly/env -u git:git -U git:git /opt/gitlab/embedded/bin/gitaly serve $dir/config.toml \
  </dev/null >/dev/null 2>&1 &
sed -i "s|unix:/var/opt/gitlab/gitaly/gitaly.socket|unix:$dir/gitaly.socket|" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
for _ in {1..300}; do
  curl --silent --fail --output /dev/null http://localhost/-/liveness && break
  sleep 0.5
done
