#!/bin/bash
# Thirty sessions more, all at one time and by GitLab's own role: each waits for the end of what it reads.
mkfifo "$WORK/door"
exec 9<>"$WORK/door"
guest="DBeaver $TICKET"
for _ in {1..30}; do
  as git env PGAPPNAME="$guest" psql -X -q -h /var/opt/gitlab/postgresql -U gitlab -d gitlabhq_production \
    <"$WORK/door" >/dev/null 2>>"$WORK/said" 9>&- &
done
seated=0
for _ in {1..40}; do
  [ ! -s "$WORK/said" ] || break
  seated=$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$guest' AND usename = 'gitlab'")
  [ "$seated" -lt 30 ] || break
  sleep 0.25
done
exec 9>&-
wait
[ "$seated" -ge 30 ] || fail "PostgreSQL as it runs now has no room for 30 more sessions: $(tail -n 1 "$WORK/said" | sed 's/.*FATAL: *//')"
