#!/bin/bash
rule='keys belong into the vault'
project=$(pick {{project}} runbooks)
clone_as "$(pick root petra {{developer}} {{colleague}})" "root/$project"
branch=refs/heads/$NAME
for kind in {{forbidden}} key; do
  git checkout --quiet --detach origin/main
  file=$(pick . etc deploy/prod docs/tls)/$(pick server client backup gateway signing)-$RANDOM.$kind
  mkdir -p "$(dirname "$file")"
  echo "$NAME" >"$file"
  git add "$file"
  git commit --quiet --message "Add what the gateway needs"
  # Taken out again before the push, it is in the history all the same.
  [ $((RANDOM % 2)) = 0 ] || { git rm --quiet "$file" && git commit --quiet --message "Tidy up"; }
  refused "a key file" "$rule"
done

# The browser goes another way to the same rule, for an administrator as well.
said=$(curl --silent --insecure --max-time 10 --header "PRIVATE-TOKEN: "{{root_token}} --data branch="$NAME" --data start_branch=main \
  --data content="$NAME" --data commit_message="Add what the gateway needs" --write-out ' %{http_code}' \
  "$BASE/api/v4/projects/root%2F$project/repository/files/server-$RANDOM."{{forbidden}}) || fail "GitLab's API does not answer"
case $said in
  *' 201') fail "a key file is let through in the browser" ;;
  *"$rule"*) ;;
  *) fail "a key file is refused in the browser, but not by the rule about keys" ;;
esac
