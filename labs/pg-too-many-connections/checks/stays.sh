#!/bin/sh
ask() { /opt/gitlab/bin/gitlab-psql -XAtqc "$1" 2>/dev/null || { echo "PostgreSQL does not even let its superuser in"; exit 1; }; }
free=$(ask "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())") || { echo "$free"; exit 1; }
[ "$free" -ge 30 ] || { echo "PostgreSQL after a restart has room for $free more sessions, not for 30"; exit 1; }
# Long enough for those who come back.
sleep 6
hoarded=$(ask "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"{{job}}"'") || { echo "$hoarded"; exit 1; }
[ "$hoarded" -le 3 ] || { echo "somebody who is not GitLab holds $hoarded database sessions open"; exit 1; }
pending=$(ask "SELECT count(*) FROM pg_settings WHERE name = 'max_connections' AND pending_restart") || { echo "$pending"; exit 1; }
[ "$pending" = 0 ] || { echo "PostgreSQL's files hold another max_connections than the server runs with: the next restart will bring it"; exit 1; }
file=$(ask "SELECT coalesce(sourcefile, '') FROM pg_settings WHERE name = 'max_connections'") || { echo "$file"; exit 1; }
case $file in
  */postgresql.auto.conf) echo "max_connections comes from $file, where nobody who reads gitlab.rb will look"; exit 1 ;;
esac
