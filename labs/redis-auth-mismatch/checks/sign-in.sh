#!/bin/bash
jar=$(mktemp)
web() { curl --silent --insecure --max-time 10 --cookie "$jar" --cookie-jar "$jar" "$@"; }
page=$(web --fail "$BASE/users/sign_in") || fail "the sign-in page does not come up"
token=$(grep -o '<input[^>]*name="authenticity_token"[^>]*>' <<<"$page" | sed -n '1s/.*value="\([^"]*\)".*/\1/p')
[ -n "$token" ] || fail "the sign-in page has no form"
status=$(web --output /dev/null --write-out '%{http_code}' --data-urlencode "authenticity_token=$token" \
  --data-urlencode user[login]=root --data-urlencode user[password]={{root_password}} "$BASE/users/sign_in") ||
  fail "signing in gets no answer"
[ "$status" = 302 ] || [ "$status" = 303 ] || fail "signing in ends with $status"
status=$(web --output /dev/null --write-out '%{http_code}' "$BASE/-/user_settings/personal_access_tokens") || status=none
[ "$status" = 200 ] || fail "signed in, and forgotten on the next page ($status)"
