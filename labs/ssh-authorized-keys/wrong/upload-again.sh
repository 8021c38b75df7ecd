#!/bin/bash
# A new key instead of the old one.
ssh-keygen -q -t ed25519 -N '' -f /root/new-key
curl --silent --fail --output /dev/null --header "PRIVATE-TOKEN: "{{root_token}} --data title=new-laptop \
  --data-urlencode "key=$(cat /root/new-key.pub)" http://localhost/api/v4/user/keys
