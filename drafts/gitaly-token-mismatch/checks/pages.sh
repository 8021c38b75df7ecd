#!/bin/bash
project=/projects/root%2F{{project}}
text=$(api GET "$project/repository/files/README.md/raw?ref=main")
grep -q {{project}} <<<"$text" || fail "README.md has lost its text"
api POST "$project/repository/files/notes%2F"{{nonce}} --data branch=main --data content={{nonce}} --data commit_message=Note >/dev/null
text=$(api GET "$project/repository/files/notes%2F"{{nonce}}"/raw?ref=main")
grep -qx {{nonce}} <<<"$text" || fail "a file is saved and then not there"
