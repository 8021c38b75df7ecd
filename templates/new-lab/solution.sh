#!/bin/sh
# Mends the cause: the setting from which nginx's configuration is written.
set -eu
sed -i "/^nginx\['listen_port'\]/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure
