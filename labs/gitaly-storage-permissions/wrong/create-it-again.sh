#!/bin/bash
# A new project of the same name, into which the developers may push what they have.
token={{root_token}}
curl --silent --request DELETE --header "PRIVATE-TOKEN: $token" --output /dev/null http://localhost/api/v4/projects/root%2F{{project}}
for _ in {1..20}; do
  curl --silent --fail --header "PRIVATE-TOKEN: $token" --output /dev/null --data name={{project}} --data path={{project}} \
    http://localhost/api/v4/projects && break
  sleep 0.3
done
