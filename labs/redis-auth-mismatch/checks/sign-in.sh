#!/bin/bash
[[ $(contents /var/opt/gitlab/gitlab-rails/etc/resque.yml 65536) != *{{old}}* ]] || fail "GitLab still comes to Redis with the leaked password"
people_sign_in root/{{project}}
# Their session lies in the Redis that is guarded, and not in another one.
cookie=$(awk '$6 == "_gitlab_session" { print $7 }' "$WORK/cookies")
key=session:gitlab:2::$(printf %s "$cookie" | sha256sum | cut -d' ' -f1)
found=$(REDISCLI_AUTH={{new}} timeout 10 redis-cli -h {{host}} -p {{port}} EXISTS "$key" 2>/dev/null </dev/null) || :
[ "$found" = 1 ] || fail "whoever signs in is not remembered in the Redis that has the new password"
