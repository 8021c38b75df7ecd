#!/bin/bash
# "pg_wal is only logs."
rm -f /var/opt/gitlab/postgresql/data/pg_wal/0*
gitlab-ctl kill postgresql >/dev/null || true
