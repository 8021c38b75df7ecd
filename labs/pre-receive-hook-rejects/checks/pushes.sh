#!/bin/bash
branch=refs/heads/$(pick feature fix topic)-$NAME
limit={{limit}}
people=(root "$(pick gunnar {{developer}})")
for project in $(shuf -e {{project}} sandbox); do
  clone_as "${people[0]}" "root/$project"
  for tracker in {{first}} {{second}}; do
    # Just below the limit.
    head -c $((limit * 1024 - 10)) /dev/urandom >"file-$tracker"
    git add "file-$tracker"
    git commit --quiet --message "$tracker-$((RANDOM % 900 + 1)) $(work_line)"
    git_try "cannot push a commit of $tracker to root/$project" push --quiet "$remote" "HEAD:$branch"
    [ "$(git ls-remote "$remote" "$branch" | cut -f1)" = "$(git rev-parse HEAD)" ] || fail "a push is accepted, and then it is not there"
    git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
  done
  # It gets through because it keeps to the policy, not because nobody looks.
  git commit --quiet --allow-empty --message "$(work_line)"
  refused "a commit without a ticket" "names no ticket"
  people=("${people[@]:1}")
done

url="$BASE/api/v4/projects/root%2F$project/repository/files/notes-$RANDOM.md"
# What the browser is told when SUBJECT is saved: saved SUBJECT
saved() {
  curl --silent --insecure --max-time 10 --header "PRIVATE-TOKEN: "{{root_token}} --data branch="${branch#refs/heads/}" \
    --data start_branch=main --data content="$NAME" --data-urlencode commit_message="$1" --write-out ' %{http_code}' "$url" || :
}
case $(saved "$(work_line)") in
  *' 201') fail "a commit without a ticket is let through in the browser" ;;
  *'names no ticket'*) ;;
  *) fail "a commit without a ticket is refused in the browser, and nobody is told why" ;;
esac
case $(saved {{second}}"-$((RANDOM % 900 + 1)) $(work_line)") in
  *' 201') git_try "cannot delete a branch" push --quiet "$remote" ":$branch" ;;
  *) fail "a commit with a ticket cannot be saved in the browser" ;;
esac
