#!/bin/bash
data=/var/opt/gitlab/git-data
# Where GitLab keeps a project follows from its number: folder PROJECT
folder() {
  local id name
  id=$(api GET "/projects/root%2F$1" | jq -r .id)
  name=$(printf %s "$id" | sha256sum | cut -d' ' -f1)
  echo "$data/repositories/@hashed/${name:0:2}/${name:2:2}/$name.git"
}
for project in checkout pricing stockroom; do
  path=$(folder $project)
  [ -n "$(find $data -maxdepth 5 -type d -path "$path")" ] || fail "root/$project is not in the storage"
done
foreign=$(find $data ! -uid 998 -print -quit) || :
[ -z "$foreign" ] || fail "not everything in the storage belongs to the account git: $foreign"
open=$(find $data ! -type l \( -perm /002 -o -perm /020 ! -gid 998 \) -print -quit) || :
[ -z "$open" ] || fail "others than the account git can write to $open"
open=$(find $data -maxdepth 1 -perm /007 -print -quit) || :
[ -z "$open" ] || fail "everybody on the machine gets into $open"

# It is this storage that GitLab works with.
url=/projects/root%2F{{project}}/repository/branches
api POST "$url" --data branch="$NAME" --data ref=main >/dev/null
undo "$url/$NAME"
path=$(folder {{project}})
[ -n "$(find "$path" -path "$path/refs/heads/$NAME")" ] || fail "what GitLab writes does not arrive in the storage"
