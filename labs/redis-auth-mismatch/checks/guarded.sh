#!/bin/bash
# The first line of what Redis says to one command, asked over the network.
redis() (
  exec 2>/dev/null 4<>/dev/tcp/{{host}}/{{port}}
  printf '%s\r\n' "$*" >&4
  IFS= read -r -t 5 line <&4
  printf '%s' "${line%$'\r'}"
)
answer=$(redis PING) || fail "Redis does not answer the monitoring server on port "{{port}}
[[ $answer == -NOAUTH* ]] || fail "Redis talks to strangers who have no password"
answer=$(redis AUTH {{old}}) || answer=
[[ $answer == -WRONGPASS* ]] || fail "Redis accepts the password that was leaked"
answer=$(redis AUTH {{new}}) || answer=
[[ $answer == +OK* ]] || fail "Redis refuses the monitoring server, which has the new password"
