#!/bin/bash
# Git as USER on PROJECT, over SSH or HTTP as it comes: a clone at $WORK/USER, $remote, $branch. come_as USER PROJECT
come_as() {
  if [ $((RANDOM % 2)) = 0 ]; then
    ssh_key "$1"
    remote=$(ssh_remote "$2")
  else
    user_token "$1"
    remote=$(http_remote "$2" "$1" "$TOKEN")
  fi
  git_try "cannot clone $2" clone --quiet "$remote" "$WORK/$1"
  cd "$WORK/$1" || exit
  branch=refs/heads/$(pick feature fix topic)-$NAME
}
work=(login invoice export search mailer cache)
# A line of somebody's work, without a ticket.
text() { echo "$(pick Fix Rework Speed\ up Document) the $(pick "${work[@]}")"; }
project=root/$(pick {{project}} sandbox)
limit={{limit}}
for person in root "$(pick gunnar {{developer}})"; do
  come_as "$person" "$project"
  file=$(pick . lib docs/pictures)/$(pick photo dump vendor)-$RANDOM
  mkdir -p "$(dirname "$file")"
  head -c $((limit * 1024 + 1)) /dev/urandom >"$file"
  git add "$file"
  git commit --quiet --message {{first}}"-$((RANDOM % 900 + 1)) $(text)"
  # Taken out again before the push, it is in the history all the same.
  [ $((RANDOM % 2)) = 0 ] || { git rm --quiet "$file" && git commit --quiet --message {{second}}"-$((RANDOM % 900 + 1)) Tidy up"; }
  refused "a file above the limit" "is larger than"
done
