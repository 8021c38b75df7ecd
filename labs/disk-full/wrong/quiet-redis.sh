#!/bin/bash
gitlab-redis-cli config set stop-writes-on-bgsave-error no >/dev/null
gitlab-ctl restart puma >/dev/null
