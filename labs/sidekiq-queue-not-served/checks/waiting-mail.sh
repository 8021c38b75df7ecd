#!/bin/bash
# When the latest welcome mail to a user went out, as its own head says.
mailed_at() {
  contents /var/log/gitlab/gitlab-rails/mail.log 67108864 | tr -d '\r' |
    awk -v to="To: $1@brandt.example" -v text="your account $1 is ready: "{{url}}/users/sign_in '
      /^Date: / { date = substr($0, 7) } /^To: / { mine = $0 == to } mine && $0 == text { last = date } END { print last }'
}
sent() {
  local account at
  account=$(api GET "/users/$2")
  at=$(mailed_at "$1")
  jq -e '.confirmation_sent_at != null' <<<"$account" >/dev/null && [ -n "$at" ] &&
    [ "$(date -d "$at" +%s)" -ge "$(date -d "$(jq -r .created_at <<<"$account")" +%s)" ]
}
members=$(api GET "$(project_api root/{{project}})/members" | jq -r '.[].username')
for user in {{first}} {{second}} {{third}}; do
  id=$(user_id "$user")
  grep -qx "$user" <<<"$members" || fail "$user has lost the rights in root/"{{project}}
  within 20 sent "$user" "$id" || fail "$user never got the welcome mail"
  waits=$(redis LRANGE queue:mailers 0 499 | grep -cF '["Notify","new_user_email","deliver_now",{"args":['"$id]") || :
  [ "$waits" = 0 ] || fail "the welcome mail of $user is still waiting in its queue"
done
