#!/bin/sh
set -e
echo "external_url 'http://gitlab'" >>/etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
