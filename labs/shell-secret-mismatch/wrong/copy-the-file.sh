#!/bin/bash
# Right until something reconfigures, and a restart of the container does.
cat /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret > /var/opt/gitlab/gitaly/.gitlab_secret
gitlab-ctl restart gitaly >/dev/null
