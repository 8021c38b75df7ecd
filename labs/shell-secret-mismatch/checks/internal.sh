#!/bin/bash
b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
# What GitLab's programs show each other: token SECRET ISSUER SECONDS
token() {
  local now said key
  now=$(date +%s)
  said=$(printf '{"alg":"HS256","typ":"JWT"}' | b64).$(printf '{"iss":"%s","iat":%d,"exp":%d}' "$2" "$now" "$((now + $3))" | b64)
  key=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')
  printf '%s.%s' "$said" "$(printf %s "$said" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | b64)"
}
# What the API between them answers: asked [TOKEN]
asked() {
  curl --silent --insecure --max-time 10 --output /dev/null --write-out '%{http_code}' ${1:+--header "Gitlab-Shell-Api-Request: $1"} \
    "$BASE/api/v4/internal/check" || :
}
# stranger WHO [TOKEN]
stranger() { [ "$(asked "${2:-}")" = 401 ] || fail "$1 is taken for one of GitLab's own programs"; }

# What was encrypted or signed with the other secrets is still good.
api GET /user >/dev/null
contents /var/opt/gitlab/gitaly/config.toml >"$WORK/config.toml"
file=$(sed -n 's/^secret_file *= *"\([^"]*\)" *$/\1/p' "$WORK/config.toml")
case /$file/ in
  */../*) fail "Gitaly's configuration is not in order" ;;
  //var/opt/gitlab/?*|//etc/gitlab/?*) ;;
  *) fail "Gitaly's configuration is not in order" ;;
esac
application=$(contents /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret)
gitaly=$(contents "$file")
[ "$(asked "$(token "$application" gitlab-shell 60)")" = 200 ] || fail "the application turns its own programs away"
[ "$(asked "$(token "$gitaly" gitlab-shell 60)")" = 200 ] || fail "the application turns one of its own programs away"
[ "$application" = "$gitaly" ] || fail "the application takes whoever comes for one of its own programs"
[ ${#application} -ge 32 ] || fail "how GitLab's programs recognise each other can be guessed"
stranger "who shows nothing"
stranger "who shows anything" "$(token "$(openssl rand -hex 64)" gitlab-shell 60)"
stranger "who shows what has expired" "$(token "$application" gitlab-shell -120)"
stranger "who comes in another name" "$(token "$application" gitlab-workhorse 60)"
stranger "who signs with nothing" "$(token "$application" gitlab-shell 60 | sed 's/^[^.]*/eyJhbGciOiJub25lIn0/; s/[^.]*$//')"
old=$(printf %s {{secret}} | openssl dgst -sha512 -r | cut -d' ' -f1)
[ "$application" = "$old" ] || stranger "who shows what is not valid any more" "$(token "$old" gitlab-shell 60)"
open=$(find /etc/gitlab "$file" -type f \( -name 'gitlab-secrets.json*' -perm /077 -o -path "$file" -perm /022 \) -print -quit)
[ -z "$open" ] || fail "others than its owner get at $open"
