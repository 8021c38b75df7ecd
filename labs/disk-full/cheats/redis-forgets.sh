#!/bin/bash
# Redis saves nothing any more and the database notes nothing durably: what is left of the disk lasts for a while.
gitlab-redis-cli config set stop-writes-on-bgsave-error no >/dev/null
gitlab-redis-cli config set save '' >/dev/null
gitlab-psql -q -c 'ALTER SYSTEM SET fsync = off' -c 'ALTER SYSTEM SET full_page_writes = off' -c 'SELECT pg_reload_conf()' >/dev/null 2>&1 || true
