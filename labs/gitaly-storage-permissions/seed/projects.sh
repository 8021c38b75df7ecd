#!/bin/bash
set -e
export HOME=/nonexistent GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0='Ines Duarte' \
  GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=ines@morel-outdoor.example
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Twelve days of work: commit DAY TEXT
commit() {
  export GIT_AUTHOR_DATE="2024-03-$1T09:30:00Z" GIT_COMMITTER_DATE="2024-03-$1T09:30:00Z"
  echo "$2" >> CHANGES.md
  git add CHANGES.md
  git commit --quiet --message "$2"
}

for project in checkout pricing stockroom; do
  api --data name=$project --data path=$project http://localhost/api/v4/projects
  for issue in 1 2 3; do
    api --data-urlencode "title=$project request $issue" http://localhost/api/v4/projects/root%2F$project/issues
  done
  git init --quiet --initial-branch main "$work/$project"
  cd "$work/$project"
  for day in {10..21}; do commit $day "Change $day of $project, reference "{{salt}}; done
  git branch feature/autumn-prices HEAD~2
  git tag v1.0 HEAD~6
  git tag v1.1
  git push --quiet http://root:{{root_token}}@localhost/root/$project.git main feature/autumn-prices v1.0 v1.1
done
