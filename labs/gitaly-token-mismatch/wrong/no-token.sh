#!/bin/bash
sed -i "/^  auth: {/d; /^gitlab_rails\['gitaly_token'\]/d; s/, 'gitaly_token' => '[^']*'//" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
