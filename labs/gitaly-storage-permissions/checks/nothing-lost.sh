#!/bin/bash
# The history that a project has always had, as a stream for fast-import: history PROJECT
history() {
  local day text changes=
  for day in {10..21}; do
    text="Change $day of $1, reference "{{salt}}
    changes+=$text$'\n'
    printf 'commit refs/heads/main\nmark :%d\ncommitter Ines Duarte <ines@morel-outdoor.example> %d +0000\n' "$day" $((1709285400 + (day - 1) * 86400))
    printf 'data %d\n%s\nM 100644 inline CHANGES.md\ndata %d\n%s\n' "${#text}" "$text" "${#changes}" "$changes"
  done
  printf 'reset refs/heads/feature/autumn-prices\nfrom :19\n\nreset refs/tags/v1.0\nfrom :15\n\nreset refs/tags/v1.1\nfrom :21\n\n'
}
# The first three issues, and what was said there: one line each.
issues() {
  api GET "/projects/root%2F$1/issues?per_page=100" | jq -c '.[] | select(.iid <= 3) | [.iid, .title, .description, .labels, .author.username]' | sort
  for issue in 1 2 3; do api GET "/projects/root%2F$1/issues/$issue/notes" | jq -r 'map(.body)[]'; done
}
expected_issues() {
  for issue in 1 2 3; do
    jq -cn --arg project "$1" --argjson issue $issue --arg salt {{salt}} '[$issue, "\($project) request \($issue)",
      "Seen on day 1\($issue), reference \($salt)", ["shop", "prio-\($issue)"], "root"]'
  done
  for issue in 1 2 3; do echo "Answer $issue to $1"; done
}
ssh_key
made=()
for project in checkout pricing stockroom; do
  [ "$(issues $project)" = "$(expected_issues $project)" ] || fail "the issues of root/$project are not what they were"
  found=$(api GET "/projects/root%2F$project")
  [ "$(jq -r '.marked_for_deletion_on // empty' <<<"$found")" = "" ] || fail "root/$project is about to be deleted"
  made+=("$(jq -r .created_at <<<"$found")")
  [ $project != {{project}} ] || continue
  remote=$(ssh_remote "root/$project")
  git_try "cannot clone root/$project" clone --quiet --mirror "$remote" "$WORK/$project"
  git init --quiet --bare --initial-branch main "$WORK/expected-$project"
  history $project | git -C "$WORK/expected-$project" fast-import --quiet
  while read -r object name; do
    git -C "$WORK/$project" merge-base --is-ancestor "$object" "$name" 2>/dev/null || fail "root/$project has lost commits of ${name#refs/*/}"
  done < <(git -C "$WORK/expected-$project" show-ref)
  git_try "cannot push to root/$project" -C "$WORK/$project" push --quiet "$remote" "main:refs/heads/$NAME"
  git_try "cannot push to root/$project" -C "$WORK/$project" push --quiet "$remote" ":refs/heads/$NAME"
done
# All projects are older than the first issue of any of them.
first=$(api GET "/projects/root%2Fpricing/issues/1" | jq -r .created_at)
other=$(api GET "/projects/root%2Fcheckout/issues/1" | jq -r .created_at)
for moment in "${made[@]}"; do
  [[ $moment < $first && $moment < $other ]] || fail "one of the projects is not the one that it was, but a new one of that name"
done
