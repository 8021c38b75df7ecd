#!/bin/bash
b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
# GitLab Shell asks the application where Gitaly is and what to show there. So do we: the running application says it, no file.
where() {
  local now said key
  now=$(date +%s)
  said=$(printf '{"alg":"HS256","typ":"JWT"}' | b64).$(printf '{"iss":"gitlab-shell","iat":%d,"exp":%d}' "$now" $((now + 60)) | b64)
  key=$(contents /var/opt/gitlab/gitlab-rails/etc/gitlab_shell_secret | od -An -v -tx1 | tr -d ' \n')
  said=$said.$(printf %s "$said" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | b64)
  curl --silent --insecure --fail --max-time 10 --header "Gitlab-Shell-Api-Request: $said" --header 'Content-Type: application/json' \
    --data '{"action":"git-upload-pack","project":"root/'{{project}}'","username":"root","protocol":"ssh","changes":"_any"}' \
    "$BASE/api/v4/internal/allowed"
}
# gRPC's status of a question to Gitaly where the application finds it: 0 is an answer, 7 a wrong token, 16 none. asked [TOKEN]
asked() {
  local now authorization=()
  now=$(date +%s)
  [ $# = 0 ] || authorization=(--header "authorization: Bearer v2.$(printf %s "$now" | openssl dgst -sha256 -hmac "$1" -r | cut -d' ' -f1).$now")
  printf '\0\0\0\0\0' | as git curl --silent --http2-prior-knowledge --max-time 10 --data-binary @- --output /dev/null --dump-header - \
    --header 'content-type: application/grpc' --header 'te: trailers' "${authorization[@]}" "${door[@]}/gitaly.ServerService/ServerInfo" |
    tr -d '\r' | sed -n 's/^grpc-status: //p'
}
found=$(where) || fail "the application cannot say where its repositories are"
case $(jq -r .gitaly.address <<<"$found") in
  unix:/var/opt/gitlab/gitaly/gitaly.socket) door=(--unix-socket /var/opt/gitlab/gitaly/gitaly.socket http://gitaly) ;;
  tcp://localhost:{{port}}|tcp://127.0.0.1:{{port}}|tcp://{{host}}:{{port}}) door=(http://{{host}}:{{port}}) ;;
  *) fail "the application asks somebody else than Gitaly for its repositories" ;;
esac
[ -n "$(asked)" ] || fail "Gitaly does not answer"
[ "$(asked)" != 0 ] || fail "Gitaly talks to strangers who have no token"
[ "$(asked {{old}})" != 0 ] || fail "Gitaly accepts the token that was leaked"
[ "$(asked "$(openssl rand -hex 16)")" != 0 ] || fail "Gitaly accepts any token"
[ "$(asked {{new}})" = 0 ] || fail "Gitaly refuses the new token"
[ "$(jq -r .gitaly.token <<<"$found")" = {{new}} ] || fail "GitLab does not come to Gitaly in the way that security ordered"
open=$(find /etc/gitlab /var/opt/gitlab/gitaly/config.toml /var/opt/gitlab/gitlab-rails/etc/gitlab.yml -type f \
  \( -name 'gitlab.rb*' -o -name config.toml -o -name gitlab.yml \) -perm /007 -print -quit)
[ -z "$open" ] || fail "everybody on the machine can read the token in $open"
