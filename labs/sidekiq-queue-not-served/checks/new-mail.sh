#!/bin/bash
newcomer
told() {
  contents /var/log/gitlab/gitlab-rails/mail.log 67108864 | tr -d '\r' | grep -A 10 -xF "To: $EMAIL" |
    grep -xF "your account $LOGIN is ready: "{{url}}/users/sign_in >/dev/null
}
sent() { told && job_done ActionMailer::MailDeliveryJob '"new_user_email", "deliver_now", {"args"=>['"$LOGIN_ID]"; }
within 20 sent || fail "an account was made, and its welcome mail never left"
waits=$(redis LRANGE queue:mailers 0 499 | grep -cF '["Notify","new_user_email","deliver_now",{"args":['"$LOGIN_ID]") || :
[ "$waits" = 0 ] || fail "a welcome mail is still waiting in its queue"
