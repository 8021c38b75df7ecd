#!/bin/bash
# The certificate is this year's, the key is last year's.
cp /etc/gitlab/ssl/old/{{domain}}.key /etc/gitlab/ssl/{{domain}}.key
chmod 600 /etc/gitlab/ssl/{{domain}}.key
gitlab-ctl restart nginx >/dev/null || true
