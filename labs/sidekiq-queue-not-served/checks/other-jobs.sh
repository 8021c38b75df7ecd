#!/bin/bash
# Two jobs of two queues: writing down who opened an issue, and deleting a project.
project=$(project_api root/{{project}})
issue=$(api POST "$project/issues" --data-urlencode "title=$TITLE" | jq .id)
id=$(api POST /projects --data name="$NAME" --data path="$NAME" --data initialize_with_readme=true | jq .id)
remote=$(http_remote "root/$NAME")
git_try "cannot read a new project" ls-remote --exit-code "$remote" HEAD >/dev/null
api DELETE "/projects/$id" >/dev/null
written() {
  api GET "$project/events?per_page=100" | jq -e --arg title "$TITLE" 'any(.[]; .target_title == $title)' >/dev/null &&
    job_done NewIssueWorker " $issue 1 "
}
gone() {
  [ "$(sql "SELECT count(*) FROM public.projects WHERE id = $id")" = 0 ] && job_done ProjectDestroyWorker " $id " &&
    ! timeout 10 git ls-remote "$remote" >/dev/null 2>&1 </dev/null
}
within 20 written || fail "an issue was opened, and its background job is still waiting"
within 20 gone || fail "a project was deleted, and is still there"
