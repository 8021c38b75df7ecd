#!/bin/bash
sed -i "/^gitlab_workhorse\['auth_backend'\]/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
