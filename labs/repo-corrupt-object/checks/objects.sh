#!/bin/bash
data=/var/opt/gitlab/git-data
foreign=$(find $data ! -uid 998 -print -quit) || :
[ -z "$foreign" ] || fail "not everything in the storage belongs to the account git: $foreign"
open=$(find $data ! -type l -perm /002 -print -quit) || :
[ -z "$open" ] || fail "everybody on the machine can write to $open"
empty=$(find $data -path '*/objects/[0-9a-f][0-9a-f]/*' -type f -size 0 -print -quit) || :
[ -z "$empty" ] || fail "a damaged object is left: $empty"

id=$(api GET /projects/root%2F{{project}} | jq -r .id)
name=$(printf %s "$id" | sha256sum | cut -d' ' -f1)
repository=$data/repositories/@hashed/${name:0:2}/${name:2:2}/$name.git
[ -n "$(find $data -maxdepth 5 -type d -path "$repository")" ] || fail "root/"{{project}}" is not in the storage"
for file in shallow info/grafts objects/info/alternates refs/replace; do
  [ -z "$(find "$repository" -path "$repository/$file")" ] || fail "the repository is not whole by itself: it has $file"
done
[ -z "$(find "$repository" -type l -o -size +8M)" ] || fail "the repository holds what is not git's"

# A copy of what is nothing but data, looked through by our own git. References first: what they name is there already.
git init --quiet --bare --initial-branch main "$WORK/copy"
for part in packed-refs refs objects; do
  [ -e "$repository/$part" ] || continue
  tar --create --directory "$repository" --exclude='tmp_*' --exclude='incoming-*' --warning=none "$part" 2>/dev/null |
    tar --extract --directory "$WORK/copy" --no-same-owner --mode=u+rwX 2>/dev/null || :
done
rm -rf "$WORK/copy/objects/info" "$WORK/copy/refs/replace"
said=$(timeout 20 git -C "$WORK/copy" fsck --full --no-progress --no-dangling 2>&1) ||
  fail "the repository is not whole: $(sed -n '/^\(missing\|broken\|error\)/{p;q}' <<<"$said" | cut -c1-100)"
