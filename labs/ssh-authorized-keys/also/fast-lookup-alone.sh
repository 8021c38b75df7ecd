#!/bin/bash
# GitLab's documented other way: no file, and GitLab Shell asks the application for every key.
set -e
rm -r /var/opt/gitlab/.ssh
install -d -o git -g git -m 700 /var/opt/gitlab/.ssh
chgrp -R root /opt/gitlab/embedded/service/gitlab-shell
chmod -R g-w /opt/gitlab/embedded/service/gitlab-shell
