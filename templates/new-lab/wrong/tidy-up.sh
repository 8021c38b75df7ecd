#!/bin/sh
# Tempting because it makes the pages work; whoever cleans up what he does not understand loses what others rely on.
set -eu
sed -i "/^nginx\['listen_port'\]/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure
echo "UPDATE issues SET title = 'old'" | gitlab-psql
