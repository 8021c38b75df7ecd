#!/bin/bash
user=u{{nonce}}$RANDOM
id=$(api POST /users --data username="$user" --data name="$user" --data email="$user@brandt.example" \
  --data force_random_password=true | jq .id)
sent() { api GET "/users/$id" | jq --exit-status '.confirmation_sent_at != null' >/dev/null; }
within 20 sent || fail "an account was made, and its welcome mail never left"
