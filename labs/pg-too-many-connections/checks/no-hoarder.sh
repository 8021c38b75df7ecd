#!/bin/sh
ask() { /opt/gitlab/bin/gitlab-psql -XAtqc "$1" 2>/dev/null || { echo "PostgreSQL does not even let its superuser in"; exit 1; }; }
# Long enough for those who come back.
sleep 6
hoarded=$(ask "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"{{job}}"'") || { echo "$hoarded"; exit 1; }
[ "$hoarded" -le 3 ] || { echo "somebody who is not GitLab holds $hoarded database sessions open"; exit 1; }
