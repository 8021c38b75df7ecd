#!/bin/bash
chmod -R 777 /etc/gitlab/ssl
gitlab-ctl restart nginx >/dev/null || true
