#!/bin/bash
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} "$@"; }
api --output /dev/null --data name={{project}} --data path={{project}} http://localhost/api/v4/projects
cat >> /etc/gitlab/gitlab.rb <<'RUBY'

# Background jobs: the list of all queues, from config/all_queues.yml
sidekiq['queue_groups'] = ['default,mailers,new_issue']
RUBY
gitlab-ctl reconfigure >/dev/null
for name in {{first}} {{second}} {{third}}; do
  api --output /dev/null --data username="$name" --data name="$name" --data email="$name@brandt.example" \
    --data force_random_password=true http://localhost/api/v4/users
  id=$(api "http://localhost/api/v4/users?username=$name" | grep -o '"id":[0-9]*' | head -n 1 | cut -d: -f2)
  api --output /dev/null --data user_id="$id" --data access_level=30 http://localhost/api/v4/projects/root%2F{{project}}/members
done
for _ in {1..240}; do
  waiting=$(api 'http://localhost/api/v4/users?per_page=100' | grep -o '"confirmation_sent_at":null' | wc -l) || waiting=all
  # The fourth is root, who never gets one.
  [ "$waiting" = 1 ] && break
  sleep 0.5
done
[ "$waiting" = 1 ]
