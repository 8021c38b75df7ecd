#!/bin/bash
# The queue is emptied, and the accounts are made once more so that their mails go out: their rights are lost.
gitlab-redis-cli DEL queue:mailers >/dev/null
sed -i "s/^sidekiq\['queue_groups'\].*/sidekiq['queue_groups'] = ['*']/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
for name in {{first}} {{second}} {{third}}; do
  gitlab-psql -q -c "DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE username = '$name')" \
    -c "DELETE FROM namespaces WHERE owner_id = (SELECT id FROM users WHERE username = '$name')" \
    -c "DELETE FROM users WHERE username = '$name'" >/dev/null
  curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null --header "PRIVATE-TOKEN: "{{root_token}} \
    --data username="$name" --data name="$name" --data email="$name@brandt.example" --data force_random_password=true \
    http://localhost/api/v4/users
done
