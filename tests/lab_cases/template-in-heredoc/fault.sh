#!/bin/sh
cat >/etc/relay.conf <<END
listen = "{{url}}"
it's {{url}} that's asked
END
psql <<'SQL'
update hosts set name = {{host}} where name = '{{host}}';
SQL
