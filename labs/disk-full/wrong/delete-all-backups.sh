#!/bin/bash
rm /var/opt/gitlab/backups/*.tar
gitlab-redis-cli bgsave >/dev/null
