#!/bin/bash
# Two jobs of two queues: writing down who opened an issue, and deleting a project.
written() { api GET "/projects/root%2F"{{project}}"/events?per_page=100" | jq --exit-status --arg title {{nonce}} 'any(.[]; .target_title == $title)' >/dev/null; }
api POST /projects/root%2F{{project}}/issues --data-urlencode title={{nonce}} >/dev/null
throwaway=t{{nonce}}$RANDOM
id=$(api POST /projects --data name="$throwaway" --data path="$throwaway" | jq .id)
api DELETE "/projects/$id" >/dev/null
gone() { [ "$(api GET "/projects?search=$throwaway" | jq length)" = 0 ]; }
within 20 written || fail "an issue was opened, and its background job is still waiting"
within 20 gone || fail "a project was deleted, and is still there"
