#!/bin/bash
set -e
export HOME=/nonexistent GIT_AUTHOR_NAME=Team GIT_AUTHOR_EMAIL=team@example.com GIT_COMMITTER_NAME=Team \
  GIT_COMMITTER_EMAIL=team@example.com GIT_AUTHOR_DATE=2024-03-01T09:00:00Z GIT_COMMITTER_DATE=2024-03-01T09:00:00Z
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
declare -A level=([{{developer}}]=30 [{{colleague}}]=30 [petra]=40) user
for name in "${!level[@]}"; do
  user[$name]=$(api --data username="$name" --data name="$name" --data email="$name@example.com" \
    --data skip_confirmation=true --data password="Nine-clouds-"{{root_token}} http://localhost/api/v4/users | jq -r .id)
done
for project in {{project}} runbooks; do
  api --data name=$project --data path=$project --output /dev/null http://localhost/api/v4/projects
  git init --quiet --initial-branch main "$work/$project"
  cd "$work/$project"
  echo "Deployed by the pipeline." > README.md
  git add README.md
  git commit --quiet --message "Begin"
  # The first push makes main the default branch, and protects it.
  git push --quiet http://root:{{root_token}}@localhost/root/$project.git main 2>/dev/null
  for name in "${!level[@]}"; do
    api --data user_id="${user[$name]}" --data access_level="${level[$name]}" --output /dev/null \
      http://localhost/api/v4/projects/root%2F$project/members
  done
done
