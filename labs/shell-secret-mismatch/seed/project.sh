#!/bin/bash
set -e
export PATH=/opt/gitlab/embedded/bin:$PATH
api() { curl --silent --show-error --fail --header "PRIVATE-TOKEN: "{{root_token}} "http://localhost/api/v4$1" "${@:2}"; }
users=()
for name in {{user}} {{colleague}}; do
  users+=("$(api /users --data username=$name --data name=$name --data email=$name@example.com \
    --data password="$(openssl rand -hex 12)" --data skip_confirmation=true | jq .id)")
done
for name in {{project}} roadworks; do
  project=$(api /projects --data name=$name --data path=$name --data initialize_with_readme=true | jq .id)
  for user in "${users[@]}"; do
    api "/projects/$project/members" --data "user_id=$user" --data access_level=30 --output /dev/null
  done
done
