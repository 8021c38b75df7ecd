#!/bin/bash
project=/projects/root%2F{{project}}
api POST "$project/repository/files/notes%2F"{{nonce}} --data branch=main --data content={{nonce}} --data commit_message=Note >/dev/null
text=$(api GET "$project/repository/files/notes%2F"{{nonce}}"/raw?ref=main")
grep -qx {{nonce}} <<<"$text" || fail "a file is saved and then not there"
