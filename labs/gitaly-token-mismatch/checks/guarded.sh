#!/bin/bash
# gRPC's status of a question to Gitaly over the network: 0 is an answer, 7 a wrong token, 16 none. asked [TOKEN [SECONDS AGO]]
asked() {
  local now authorization=()
  now=$(($(date +%s) - ${2:-0}))
  [ $# = 0 ] || authorization=(--header "authorization: Bearer v2.$(printf %s "$now" | openssl dgst -sha256 -hmac "$1" -r | cut -d' ' -f1).$now")
  printf '\0\0\0\0\0' | curl --silent --http2-prior-knowledge --max-time 10 --data-binary @- --output /dev/null --dump-header - \
    --header 'content-type: application/grpc' --header 'te: trailers' "${authorization[@]}" \
    http://{{host}}:{{port}}/gitaly.ServerService/ServerInfo | tr -d '\r' | sed -n 's/^grpc-status: //p'
}
answers() { [ -n "$(asked {{new}})" ]; }
within 30 answers || fail "the code search cannot reach Gitaly on port "{{port}}
[ "$(asked)" != 0 ] || fail "Gitaly talks to strangers who have no token"
[ "$(asked {{old}})" != 0 ] || fail "Gitaly accepts the token that was leaked"
[ "$(asked "$(openssl rand -hex 16)")" != 0 ] || fail "Gitaly accepts any token"
[ "$(asked {{new}} 86400)" != 0 ] || fail "Gitaly accepts what was overheard yesterday"
[ "$(asked {{new}})" = 0 ] || fail "Gitaly refuses the code search, which has the new token"
