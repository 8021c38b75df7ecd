#!/bin/bash
name=$(pick {{project}} receipts)
project=/projects/root%2F$name
text=$(api GET "$project/repository/files/README.md/raw?ref=main")
grep "$name" <<<"$text" >/dev/null || fail "README.md has lost its text"
text="$NAME $RANDOM"
api POST "$project/repository/files/notes%2F$NAME" --data branch=main --data content="$text" --data commit_message="Add a note" >/dev/null
saved=$(api GET "$project/repository/files/notes%2F$NAME/raw?ref=main")
[ "$saved" = "$text" ] || fail "a file is saved and then not there"
api DELETE "$project/repository/files/notes%2F$NAME" --data branch=main --data commit_message="Remove a note" >/dev/null
