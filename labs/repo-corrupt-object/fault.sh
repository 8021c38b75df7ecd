#!/bin/bash
set -e
id=$(curl --silent --fail --header "PRIVATE-TOKEN: "{{root_token}} http://localhost/api/v4/projects/root%2F{{project}} | jq -r .id)
name=$(printf %s "$id" | sha256sum | cut -d' ' -f1)
repository=/var/opt/gitlab/git-data/repositories/@hashed/${name:0:2}/${name:2:2}/$name.git
git() { chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" "$@"; }
bad={{bad}}
# Three files of which the copy to the new disk made the name and not the content: a file's text, a folder, another text.
for object in "$bad:src/part-$((bad % 4))" "$((bad + 1)):docs" "$((bad + 2)):CHANGES"; do
  commit=$(git rev-list --reverse main | sed -n "${object%%:*}p")
  object=$(git rev-parse --verify "$commit:${object#*:}")
  file=$repository/objects/${object:0:2}/${object:2}
  test -s "$file"
  : > "$file"
done
