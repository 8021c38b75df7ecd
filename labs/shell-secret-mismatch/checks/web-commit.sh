#!/bin/bash
project=$(pick {{project}} roadworks)
url=/projects/root%2F$project/repository
text="$NAME $RANDOM"
api POST "$url/files/notes%2F$NAME" --data branch=main --data content="$text" --data commit_message="Add a note" >/dev/null
saved=$(api GET "$url/files/notes%2F$NAME/raw?ref=main")
[ "$saved" = "$text" ] || fail "a file is saved and then not there"
api DELETE "$url/files/notes%2F$NAME" --data branch=main --data commit_message="Remove a note" >/dev/null
# What the browser saved is what everybody clones.
git_try "cannot clone" clone --quiet --bare "$(http_remote "root/$project")" "$WORK/clone"
[ "$(git -C "$WORK/clone" log -1 --format=%H -- "notes/$NAME" | wc -l)" = 1 ] || fail "a file is saved and then not in the project"
