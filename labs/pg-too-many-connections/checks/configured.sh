#!/bin/bash
setting=$(sql "SELECT pending_restart, coalesce(sourcefile, '') FROM pg_settings WHERE name = 'max_connections'")
[[ $setting == f* ]] || fail "PostgreSQL's files hold another max_connections than the server runs with: the next restart will bring it"
[[ $setting != */postgresql.auto.conf ]] || fail "max_connections comes from ${setting#*|}, where nobody who reads gitlab.rb will look"
