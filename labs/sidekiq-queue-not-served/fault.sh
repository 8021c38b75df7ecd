#!/bin/bash
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} "$@"; }
sed -i "s/^# Background jobs: .*/# Background jobs: trimmed to what we use, to save memory (CHG-40233)/
        s/^sidekiq\['queue_groups'\].*/sidekiq['queue_groups'] = ['default,new_issue']/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
# The three are invited only now: their accounts begin anew, have their rights, and their mails wait.
for name in {{first}} {{second}} {{third}}; do
  gitlab-psql -q -c "DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE username = '$name')" \
    -c "DELETE FROM namespaces WHERE owner_id = (SELECT id FROM users WHERE username = '$name')" \
    -c "DELETE FROM users WHERE username = '$name'" >/dev/null
  api --output /dev/null --data username="$name" --data name="$name" --data email="$name@brandt.example" \
    --data force_random_password=true http://localhost/api/v4/users
  id=$(api "http://localhost/api/v4/users?username=$name" | grep -o '"id":[0-9]*' | head -n 1 | cut -d: -f2)
  api --output /dev/null --data user_id="$id" --data access_level=30 http://localhost/api/v4/projects/root%2F{{project}}/members
done
# What served the queue before is gone when the customer writes.
for _ in {1..240}; do
  curl --silent --insecure --header "PRIVATE-TOKEN: "{{root_token}} http://localhost/api/v4/sidekiq/process_metrics | grep -q '"pid"' && break
  sleep 0.5
done
