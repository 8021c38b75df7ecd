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
# tries PERSON SUBJECTS...
tries() {
  come_as "$1" "root/$(pick {{project}} sandbox)"
  shift
  local before subject
  before=$(git rev-parse HEAD)
  for subject; do
    git reset --quiet --hard "$before"
    git commit --quiet --allow-empty --message "$subject"
    refused "the commit “$subject”" "names no ticket"
  done
}
tries root "$(text)" "$(pick XY QQ LEGAL)-$RANDOM $(text)"
tries "$(pick gunnar {{developer}})" "See "{{first}}"-3 $(text)" "$(text)"
# A good commit at the end does not excuse the one before.
git commit --quiet --allow-empty --message {{first}}"-$((RANDOM % 900 + 1)) $(text)"
refused "a commit without a ticket behind one with a ticket" "names no ticket"
git reset --quiet --hard HEAD~2
git commit --quiet --allow-empty --message {{second}}"-$((RANDOM % 900 + 1)) $(text)"
git_try "cannot push a commit with a ticket" push --quiet "$remote" "HEAD:$branch"
git_try "cannot delete a branch" push --quiet "$remote" ":$branch"
