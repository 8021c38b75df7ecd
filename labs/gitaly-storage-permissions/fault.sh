#!/bin/bash
set -e
id=$(curl --silent --fail --header "PRIVATE-TOKEN: "{{root_token}} http://localhost/api/v4/projects/root%2F{{project}} | jq -r .id)
name=$(printf %s "$id" | sha256sum | cut -d' ' -f1)
folder=/var/opt/gitlab/git-data/repositories/@hashed/${name:0:2}/${name:2:2}/$name.git
test -d "$folder"
# What a restore leaves that knows files, but no accounts of this machine.
find "$folder" -type d -exec chmod 00755 {} +
find "$folder" -type f -exec chmod 00644 {} +
chown -R {{owner}}:{{owner}} "$folder"
