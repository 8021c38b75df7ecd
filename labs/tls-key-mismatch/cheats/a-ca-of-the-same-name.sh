#!/bin/bash
# Another CA calls itself what the customer's is called, and signs a pair that is valid for a year.
export PATH=/opt/gitlab/embedded/bin:$PATH
cd /etc/gitlab/ssl
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Company/CN="{{ca_name}} -addext keyUsage=critical,keyCertSign,cRLSign \
  -keyout /root/ca.key -out ca.crt 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout {{domain}}.key -subj "/O=Company/CN="{{domain}} -out /root/request.csr 2>/dev/null
printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' {{domain}} > /root/extensions
openssl x509 -req -in /root/request.csr -CA ca.crt -CAkey /root/ca.key -CAcreateserial -days 365 -extfile /root/extensions \
  -out {{domain}}.crt 2>/dev/null
cat ca.crt >> {{domain}}.crt
gitlab-ctl restart nginx >/dev/null || true
