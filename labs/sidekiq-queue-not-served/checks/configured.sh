#!/bin/bash
# Where gitlab.rb names queues, it names this one or all of them; where it names none, all are served.
settings=$(contents /etc/gitlab/gitlab.rb 4194304 | sed 's/#.*//' | tr -s '[:space:]' ' ')
[[ $settings == *queue_groups* ]] || exit 0
last=${settings##*queue_groups}
[[ ${last:0:300} == *[*]* || ${last:0:300} == *mailers* ]] || fail "gitlab.rb still leaves out the queue that mails wait in"
