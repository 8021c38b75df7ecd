#!/bin/bash
set -e
export PATH=/opt/gitlab/embedded/bin:$PATH
api() { curl --silent --show-error --fail --header "PRIVATE-TOKEN: "{{root_token}} "http://localhost/api/v4$1" "${@:2}"; }
user=$(api /users --data username={{user}} --data name={{user}} --data email={{user}}@example.com \
  --data password="$(openssl rand -hex 12)" --data skip_confirmation=true | jq .id)
project=$(api /projects --data name={{project}} --data path={{project}} --data initialize_with_readme=true | jq .id)
api "/projects/$project/members" --data "user_id=$user" --data access_level=30 --output /dev/null
