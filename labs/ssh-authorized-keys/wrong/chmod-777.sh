#!/bin/bash
chmod -R 777 /var/opt/gitlab/.ssh /opt/gitlab/embedded/service/gitlab-shell
