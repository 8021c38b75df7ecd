#!/bin/sh
set -e
sed -i "/^external_url 'http:..gitlab'/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
