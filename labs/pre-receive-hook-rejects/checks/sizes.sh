#!/bin/bash
branch=refs/heads/$(pick feature fix topic)-$NAME
project=root/$(pick {{project}} sandbox)
limit={{limit}}
for person in root "$(pick gunnar {{developer}})"; do
  clone_as "$person" "$project"
  file=$(pick . lib docs/pictures)/$(pick photo dump vendor)-$RANDOM
  mkdir -p "$(dirname "$file")"
  head -c $((limit * 1024 + 1)) /dev/urandom >"$file"
  git add "$file"
  git commit --quiet --message {{first}}"-$((RANDOM % 900 + 1)) $(work_line)"
  # Taken out again before the push, it is in the history all the same.
  [ $((RANDOM % 2)) = 0 ] || { git rm --quiet "$file" && git commit --quiet --message {{second}}"-$((RANDOM % 900 + 1)) Tidy up"; }
  refused "a file above the limit" "is larger than"
done
