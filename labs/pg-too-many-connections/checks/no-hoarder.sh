#!/bin/bash
# The server's own view, unless its functions and views are no longer those that it was made with.
replaced=$(sql "SELECT count(*) FROM (SELECT oid, xmin FROM pg_proc UNION ALL SELECT oid, xmin FROM pg_rewrite) AS own
  WHERE oid < 16384 AND xmin::text::bigint > (SELECT xmin::text::bigint FROM pg_database WHERE datname = 'gitlabhq_production')")
[ "$replaced" = 0 ] || fail "what PostgreSQL tells about itself was rewritten"
# Long enough for those who come back.
for _ in {1..6}; do
  seats=$(sql "SELECT count(*) FILTER (WHERE application_name !~ '(puma|sidekiq|rails|exporter)' OR application_name = '"{{job}}"'),
      count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
  [ "${seats%|*}" -le 3 ] || fail "somebody who is not GitLab holds ${seats%|*} database sessions open"
  [ "${seats#*|}" -le 40 ] || fail "${seats#*|} database sessions are open, far more than GitLab needs"
  sleep 1
done
