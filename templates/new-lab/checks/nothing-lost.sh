#!/bin/sh
# Runs in the probe container, on the box's network. Exit 0 passes, exit 1 fails and the last line is what the trainee
# reads; anything else, such as a timeout, means that the check could not be run.
host={{host}} scheme={{scheme}} token={{root_token}}
if curl -fsSk --header "Private-Token: $token" "$scheme://$host/api/v4/user" | grep '"username":"root"' >/dev/null; then
  exit 0
fi
echo "the API no longer takes the administrator's token"
exit 1
