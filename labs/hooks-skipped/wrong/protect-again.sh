#!/bin/bash
url=http://localhost/api/v4/projects/root%2F{{project}}/protected_branches
curl --silent --request DELETE --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$url/main"
curl --silent --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null --data name=main --data push_access_level=40 --data merge_access_level=40 "$url"
