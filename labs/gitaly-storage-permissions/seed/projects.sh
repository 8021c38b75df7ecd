#!/bin/bash
set -e
export HOME=/nonexistent
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
url=http://localhost/api/v4/projects
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Twelve days of work, as a stream for fast-import; the same every time: history PROJECT
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

for project in checkout pricing stockroom; do
  api --data name=$project --data path=$project $url
done
for project in checkout pricing stockroom; do
  git init --quiet --bare --initial-branch main "$work/$project"
  history $project | git -C "$work/$project" fast-import --quiet
  git -C "$work/$project" push --quiet http://root:{{root_token}}@localhost/root/$project.git main feature/autumn-prices v1.0 v1.1
  for issue in 1 2 3; do
    api --data-urlencode "title=$project request $issue" --data-urlencode "description=Seen on day 1$issue, reference "{{salt}} \
      --data labels=shop,prio-$issue $url/root%2F$project/issues
    api --data-urlencode "body=Answer $issue to $project" $url/root%2F$project/issues/$issue/notes
  done
done
