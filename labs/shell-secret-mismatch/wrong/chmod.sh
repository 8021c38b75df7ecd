#!/bin/bash
chmod 644 /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret /var/opt/gitlab/gitaly/.gitlab_secret
chown -R git:git /var/opt/gitlab/git-data /var/opt/gitlab/.ssh
gitlab-ctl restart gitaly >/dev/null
