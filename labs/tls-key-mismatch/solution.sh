#!/bin/bash
export PATH=/opt/gitlab/embedded/bin:$PATH
cd /etc/gitlab/ssl
wanted=$(openssl x509 -noout -pubkey -in {{domain}}.crt)
for key in renewal/*.key; do
  [ "$(openssl pkey -pubout -in "$key")" = "$wanted" ] && install -m 600 "$key" {{domain}}.key
done
gitlab-ctl restart nginx >/dev/null || true
