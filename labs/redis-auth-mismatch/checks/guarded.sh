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
for guess in {{old}} "default "{{old}} "gitlab "{{old}} "$(openssl rand -hex 10)"; do
  answer=$(redis AUTH $guess) || answer=
  [[ $answer == -WRONGPASS* ]] || fail "Redis accepts another password than the new one: $([[ $guess == *{{old}} ]] && echo "the leaked one" || echo any)"
done
monitoring() { REDISCLI_AUTH={{new}} timeout 10 redis-cli -h {{host}} -p {{port}} "$@" 2>&1 </dev/null; }
[[ $(monitoring SET "monitoring:$NAME" "$TICKET" EX 60) == OK && $(monitoring GET "monitoring:$NAME") == "$TICKET" ]] ||
  fail "Redis refuses the monitoring server, which has the new password"
# Everybody whom it lets in has this password and no other.
people=$(monitoring ACL LIST | grep ' on ' || :)
new=$(printf %s {{new}} | sha256sum | cut -d' ' -f1)
[ -n "$people" ] && ! grep -w nopass <<<"$people" >/dev/null || fail "Redis has an account that needs no password"
! grep -o '#[0-9a-f]*' <<<"$people" | grep -vx "#$new" >/dev/null || fail "Redis has another password besides the new one"
