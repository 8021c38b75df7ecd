#!/bin/bash
# Gitaly has no token any more and listens behind nginx, which looks whether a token is shown and knows neither the old nor what is none.
set -e
for part in auth listen_addr; do sed -i "/^  $part: /d" /etc/gitlab/gitlab.rb; done
cat >/etc/gitlab/doorman.conf <<'NGINX'
server {
  listen PORT;
  http2 on;
  location / {
    if ($http_authorization = "") { return 403; }
    grpc_pass grpc://unix:/var/opt/gitlab/gitaly/gitaly.socket;
  }
}
NGINX
sed -i 's/listen .*/listen '{{port}}';/' /etc/gitlab/doorman.conf
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
nginx['custom_nginx_config'] = 'include /etc/gitlab/doorman.conf;'
RUBY
gitlab-ctl reconfigure >/dev/null
for _ in {1..300}; do
  curl --silent --fail --output /dev/null http://localhost/-/liveness && break
  sleep 0.5
done
