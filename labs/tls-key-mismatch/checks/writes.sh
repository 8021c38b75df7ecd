#!/bin/bash
issues=$(project_api root/lenses)/issues
iid=$(api POST "$issues" --data-urlencode "title=$TITLE" | jq .iid)
[ "$(api GET "$issues/$iid" | jq -r .title)" = "$TITLE" ] || fail "a new issue is accepted and then not there"
