#!/bin/bash
sed -i "s/^postgresql\['max_connections'\].*/postgresql['max_connections'] = 300/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart postgresql >/dev/null
