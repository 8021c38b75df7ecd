#!/bin/sh
# What a colleague did during the maintenance window: the port went into the configuration, nobody told the users.
set -eu
port={{port}}
echo "nginx['listen_port'] = $port" >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure
