#!/bin/bash
export PATH=/opt/gitlab/embedded/bin:$PATH
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/O=Company/CN="{{domain}} -addext subjectAltName=DNS:{{domain}} \
  -keyout /etc/gitlab/ssl/{{domain}}.key -out /etc/gitlab/ssl/{{domain}}.crt 2>/dev/null
gitlab-ctl restart nginx >/dev/null || true
