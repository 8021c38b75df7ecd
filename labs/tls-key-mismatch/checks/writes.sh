#!/bin/bash
api POST /projects/root%2Flenses/issues --data-urlencode title={{nonce}} >/dev/null
api GET '/projects/root%2Flenses/issues?per_page=100' | jq -r '.[].title' | grep -x {{nonce}} >/dev/null ||
  fail "a new issue is accepted and then not there"
