#!/bin/bash
project=/projects/root%2F{{project}}
api POST "$project/repository/files/notes%2F$NAME" --data branch=main --data content=$NAME --data commit_message=Note >/dev/null
text=$(api GET "$project/repository/files/notes%2F$NAME/raw?ref=main")
grep -qx $NAME <<<"$text" || fail "a file is saved and then not there"
