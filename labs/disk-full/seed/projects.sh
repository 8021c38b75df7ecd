#!/bin/bash
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
api --request POST --data name={{project}} --data path={{project}} http://localhost/api/v4/projects
for issue in 1 2 3; do
  api --request POST --data-urlencode "title=Request $issue" http://localhost/api/v4/projects/root%2F{{project}}/issues
done

# As after years of use: the segment that PostgreSQL writes its log into has all its room on the disk.
gitlab-psql -q -c 'SELECT pg_switch_wal()' >/dev/null
