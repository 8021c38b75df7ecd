#!/bin/bash
set -e
export HOME=/nonexistent
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
url=http://localhost/api/v4/projects
# The first N commits of the project, as a stream for fast-import; the same every time: history N
history() {
  local n text
  for ((n = 1; n <= $1; n++)); do
    printf 'commit refs/heads/main\nmark :%d\ncommitter Team <team@example.com> %d +0000\n' "$n" $((1709280000 + n * 86400))
    text="Step $n of "{{project}}
    printf 'data %d\n%s\n' "${#text}" "$text"
    for file in CHANGES "src/part-$((n % 4))" "docs/page-$((n % 3))"; do
      text="$file of "{{project}}" at step $n, "{{salt}}
      printf 'M 100644 inline %s\ndata %d\n%s\n' "$file" "${#text}" "$text"
    done
    [ $((n % 7)) -ne 0 ] || printf 'reset refs/tags/v1.%d\nfrom :%d\n\n' $((n / 7)) "$n"
  done
  [ "$1" -lt 30 ] || printf 'reset refs/heads/release/1.x\nfrom :28\n\n'
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for project in {{project}} timesheets; do api --data name=$project --data path=$project $url; done
for issue in 1 2 3; do
  api --data-urlencode "title=Request $issue" --data-urlencode "description=Wanted by customer $issue, "{{salt}} --data labels=wish,prio-$issue \
    $url/root%2F{{project}}/issues
  api --data-urlencode "body=Answer to request $issue" $url/root%2F{{project}}/issues/$issue/notes
done

# What a developer sent: the state of some weeks ago.
git init --quiet --bare --initial-branch main "$work/old.git"
history 18 | git -C "$work/old.git" fast-import --quiet
mkdir -p /srv/support
git -C "$work/old.git" bundle create --quiet /srv/support/{{developer}}.bundle --all
chmod 644 /srv/support/{{developer}}.bundle

# Small pushes, as in life: Git keeps what they bring as single objects.
git init --quiet --bare --initial-branch main "$work/new.git"
history 30 | git -C "$work/new.git" fast-import --quiet
cd "$work/new.git"
remote=http://root:{{root_token}}@localhost/root/{{project}}.git
for step in 24 18 12 6 0; do git push --quiet "$remote" "main~$step:refs/heads/main" 2>/dev/null; done
git push --quiet "$remote" --tags release/1.x 2>/dev/null

# Work that somebody proposed and nobody has merged; its branch is gone.
{
  printf 'commit refs/heads/rounding\ncommitter Team <team@example.com> 1711900000 +0000\ndata 14\nRound properly\n'
  printf 'from main\nM 100644 inline src/rounding\ndata 7\nhalf up\n'
} | git fast-import --quiet
git push --quiet "$remote" rounding 2>/dev/null
api --data source_branch=rounding --data target_branch=main --data title="Round properly" $url/root%2F{{project}}/merge_requests
git push --quiet "$remote" :rounding 2>/dev/null
