#!/bin/bash
# The repositories are right afterwards, and the neighbours' data is not theirs any more.
chown -R git:git /var/opt/gitlab
gitlab-ctl restart postgresql >/dev/null || true
