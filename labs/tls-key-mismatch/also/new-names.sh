#!/bin/bash
# The pair under names of this year, and gitlab.rb says so.
export PATH=/opt/gitlab/embedded/bin:$PATH
cd /etc/gitlab/ssl
mkdir -m 700 2026
cp {{domain}}.crt 2026/server.crt
wanted=$(openssl x509 -noout -pubkey -in 2026/server.crt)
for key in renewal/*.key; do
  [ "$(openssl pkey -pubout -in "$key")" = "$wanted" ] && install -m 640 "$key" 2026/server.key
done
sed -i "s|^nginx\['ssl_certificate'\].*|nginx['ssl_certificate'] = '/etc/gitlab/ssl/2026/server.crt'|
        s|^nginx\['ssl_certificate_key'\].*|nginx['ssl_certificate_key'] = '/etc/gitlab/ssl/2026/server.key'|" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart nginx >/dev/null || true
