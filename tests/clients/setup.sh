#!/bin/bash
# The people and projects that every client meets: ada owns, grace only reads, eve is a stranger, root administers.
# Leaves their tokens in ~/tokens and their passwords in ~/passwords, a file a name.
set -euo pipefail
: "${GITLAB:?}" "${ROOT_PASSWORD:?}"
umask 077
mkdir -p ~/tokens ~/passwords ~/.ssh
printf '%s' "$ROOT_PASSWORD" >~/passwords/root
curl -sSf -d grant_type=password -d username=root --data-urlencode "password@$HOME/passwords/root" "$GITLAB/oauth/token" |
  jq -rj .access_token >~/tokens/root

api() { # METHOD PATH [curl options]
  curl -sS --fail-with-body -X "$1" -H "Authorization: Bearer $(cat ~/tokens/root)" "$GITLAB/api/v4/$2" "${@:3}"
}
token() { # USER-ID NAME SCOPES
  api POST "users/$1/personal_access_tokens" -d "name=$2" -d "scopes=$3" | jq -rj .token >~/tokens/"$2"
}

for user in ada grace eve; do
  printf 'correct-horse-%s' "$user" >~/passwords/$user
  id=$(api POST users -d "username=$user" -d "name=${user^}" -d "email=$user@example.com" -d skip_confirmation=true \
    --data-urlencode "password@$HOME/passwords/$user" | jq -r .id)
  token "$id" "$user" api
  [ "$user" != ada ] || for scope in read_repository write_repository read_api; do token "$id" "ada-$scope" "$scope"; done
  printf '%s' "$id" >~/"$user.id"
done

for key in ada readonly readwrite stranger; do
  ssh-keygen -q -t ed25519 -N '' -C "$key@client" -f ~/.ssh/"$key"
done
cat >~/.ssh/config <<'TEXT'
Host *
  StrictHostKeyChecking no
  LogLevel ERROR
  BatchMode yes
  IdentitiesOnly yes
TEXT
curl -sSf -o /dev/null -H "PRIVATE-TOKEN: $(cat ~/tokens/ada)" "$GITLAB/api/v4/user/keys" -d title=laptop \
  --data-urlencode "key@$HOME/.ssh/ada.pub"
