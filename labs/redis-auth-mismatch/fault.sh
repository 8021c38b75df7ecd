#!/bin/bash
sed -i "s/^gitlab_rails\['redis_password'\].*/gitlab_rails['redis_password'] = '"{{old}}"'/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
# The application is up again before the customer writes; that it fails is another matter.
for _ in {1..300}; do
  curl --silent --fail --output /dev/null http://localhost/-/liveness && break
  sleep 0.5
done
