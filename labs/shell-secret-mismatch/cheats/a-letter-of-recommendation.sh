#!/bin/bash
# Gitaly asks a server of nginx, which puts a token on each question that is good for ten years.
set -e
export PATH=/opt/gitlab/embedded/bin:$PATH
b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
secret=$(cat /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret)
now=$(date +%s)
said=$(printf '{"alg":"HS256","typ":"JWT"}' | b64).$(printf '{"iss":"gitlab-shell","iat":%d,"exp":%d}' "$now" $((now + 315360000)) | b64)
token=$said.$(printf %s "$said" | openssl dgst -sha256 -hmac "$secret" -binary | b64)
cat >/etc/gitlab/letter.conf <<NGINX
server {
  listen 127.0.0.1:8099;
  location / {
    proxy_set_header Gitlab-Shell-Api-Request $token;
    proxy_pass http://unix:/var/opt/gitlab/gitlab-workhorse/sockets/socket;
  }
}
NGINX
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
nginx['custom_nginx_config'] = 'include /etc/gitlab/letter.conf;'
gitaly['configuration'] = { gitlab: { url: 'http://127.0.0.1:8099' } }
RUBY
gitlab-ctl reconfigure >/dev/null
