#!/bin/bash
# Writing down who opened an issue is a background job.
project=/projects/root%2F{{project}}
api POST "$project/issues" --data-urlencode title={{nonce}} >/dev/null
written() { api GET "$project/events?per_page=100" | jq --exit-status --arg title {{nonce}} 'any(.[]; .target_title == $title)' >/dev/null; }
within 20 written || fail "an issue was opened, and its background job is still waiting"
