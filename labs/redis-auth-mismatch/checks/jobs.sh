#!/bin/bash
# Writing down who opened an issue is a background job, and so is deleting a project.
[[ $(contents /var/opt/gitlab/gitlab-rails/etc/resque.yml 65536) != *{{old}}* ]] || fail "GitLab still comes to Redis with the leaked password"
redis() { REDISCLI_AUTH={{new}} timeout 10 redis-cli -h {{host}} -p {{port}} "$@" 2>/dev/null </dev/null; }
project=$(project_api root/{{project}})
issue=$(api POST "$project/issues" --data-urlencode "title=$TITLE" | jq .id)
id=$(api POST /projects --data name="$NAME" --data path="$NAME" | jq .id)
api DELETE "/projects/$id" >/dev/null
written() {
  api GET "$project/events?per_page=100" | jq -e --arg title "$TITLE" 'any(.[]; .target_title == $title)' >/dev/null &&
    job_done NewIssueWorker " $issue 1 "
}
gone() { [ "$(api GET "/projects?search=$NAME" | jq length)" = 0 ] && job_done ProjectDestroyWorker " $id "; }
within 20 written || fail "an issue was opened, and its background job is still waiting"
within 20 gone || fail "a project was deleted, and is still there"
