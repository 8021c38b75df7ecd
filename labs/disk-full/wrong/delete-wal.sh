#!/bin/bash
# "pg_wal is only logs": the newest of them goes.
wal=/var/opt/gitlab/postgresql/data/pg_wal
newest=$(find "$wal" -maxdepth 1 -name '0*' -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2)
rm -f "$newest"
gitlab-ctl kill postgresql >/dev/null || true
