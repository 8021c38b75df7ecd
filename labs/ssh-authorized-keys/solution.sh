#!/bin/bash
chown -R git:git /var/opt/gitlab/.ssh
chmod -R go-rwx /var/opt/gitlab/.ssh
chgrp -R root /opt/gitlab/embedded/service/gitlab-shell
chmod -R go-w /opt/gitlab/embedded/service/gitlab-shell
