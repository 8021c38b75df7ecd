#!/bin/sh
ask() { /opt/gitlab/bin/gitlab-psql -XAtqc "$1" 2>/dev/null || { echo "PostgreSQL does not even let its superuser in"; exit 1; }; }
free=$(ask "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())") || { echo "$free"; exit 1; }
[ "$free" -ge 30 ] || { echo "PostgreSQL as it runs now has room for $free more sessions, not for 30"; exit 1; }
