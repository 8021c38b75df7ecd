#!/bin/bash
# The group stays, and may no longer write.
chmod -R g-w /var/opt/gitlab/.ssh /opt/gitlab/embedded/service/gitlab-shell
