#!/bin/bash
sent() { [ "$(api GET "/users?username=$1" | jq -r '.[0].confirmation_sent_at // empty')" ]; }
for user in {{first}} {{second}} {{third}}; do
  [ "$(api GET "/users?username=$user" | jq length)" = 1 ] || fail "$user has no account any more"
  within 20 sent "$user" || fail "$user never got the welcome mail"
done
