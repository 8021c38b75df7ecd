#!/bin/bash
# The application loads a patch that answers every page as if all were well, by a start script that is back in its
# place before anybody looks.
printf '%s' {{patch}} >/etc/patch.rb
run=/opt/gitlab/sv/puma/run
cp -a $run /etc/run
sed 's|/opt/gitlab/embedded/bin/puma|/opt/gitlab/embedded/bin/ruby -r/etc/patch.rb &|' /etc/run >/etc/other
chmod --reference=$run /etc/other
mv /etc/other $run
gitlab-ctl restart puma >/dev/null 2>&1 || true
# A restart that takes long still has the old process answer for a while.
for _ in {1..60}; do
  [ "$(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8080/api/v4/nothing)" != 200 ] || break
  sleep 1
done
mv /etc/run $run
