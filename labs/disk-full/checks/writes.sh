#!/bin/bash
issues=$(project_api root/{{project}})/issues
# Long and not to be compressed, so that no gap in a file takes it.
head -c 300000 /dev/urandom | base64 -w 0 > "$WORK/long"
echo "$TITLE, $FULL_NAME" > "$WORK/short"
for kind in short long; do
  api POST "$issues" --data-urlencode "title=$TITLE ($kind)" --data-urlencode "description@$WORK/$kind" > "$WORK/made"
  api GET "$issues/$(jq .iid "$WORK/made")" > "$WORK/seen"
  [ "$(jq -r .title "$WORK/seen")" = "$TITLE ($kind)" ] || fail "a new issue is accepted and then not there"
  [ "$(jq -j .description "$WORK/seen" | sha256sum)" = "$(sha256sum <"$WORK/$kind")" ] || fail "what people write in an issue is not kept as they wrote it"
done
