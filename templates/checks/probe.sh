BASE={{scheme}}://{{host}}
# Whoever a check is, it looks like one of the customer's people: what it is called and what it writes is drawn each time,
# so that nothing in the container can tell a check from a user.
pick() { printf '%s' "${@:SRANDOM % $# + 1:1}"; }
FIRST_NAME=$(pick Amara Anouk Bram Carla Dario Elif Emil Freya Goran Hanna Ines Ivo Jana Joris Katrin Lars Lucia Mateo Mila \
  Nadia Noor Oskar Paula Petra Rafael Rosa Selma Stefan Tess Timo Vera Yusuf)
LAST_NAME=$(pick Adler Bakker Berger Costa Dvorak Fischer Garcia Haas Horvat Jansen Keller Kovac Larsen Lindner Martin Meyer \
  Moreau Nagy Novak Okafor Petrov Rossi Santos Schmid Silva Toth Vogel Weber Wolf Yilmaz Zeman Zimmer)
printf -v TICKET %06d $((SRANDOM % 900000 + 100000))
TOPIC=$(pick search-results login-form export-button date-format mail-subject page-title error-message page-footer menu-order \
  upload-limit time-zone invoice-total table-width broken-link unit-tests release-notes)
FULL_NAME="$FIRST_NAME $LAST_NAME"
# No other run of a check uses these, in this grading or before. NAME is for branches and files, TITLE for issues and the like.
NAME=$TICKET-$(pick fix change improve update clean-up)-$TOPIC
TITLE="${TOPIC^}: $(pick "wrong since" "slow since" "missing since" "please change, as in" "unclear, see" "again as in") $TICKET"
TITLE=${TITLE//-/ }
VERSION=$(pick 128 131 134 136 140).0
BROWSER="Mozilla/5.0 ($(pick 'X11; Linux x86_64' 'Windows NT 10.0; Win64; x64' 'Macintosh; Intel Mac OS X 10.15'); rv:$VERSION)"
BROWSER+=" Gecko/20100101 Firefox/$VERSION"
SCRIPT=$(pick curl/7.88.1 curl/8.5.0 curl/8.14.1 python-requests/2.31.0 python-requests/2.32.3 Go-http-client/1.1)
# Asks GitLab's API as root: api METHOD PATH [curl options]. Prints the body. No answer, or one that is
# not 2xx, is a wrong answer of the environment.
api() {
  local method=$1 path=$2 answer
  shift 2
  answer=$(curl --silent --insecure --max-time 10 --user-agent "$SCRIPT" --request "$method" --header "PRIVATE-TOKEN: "{{root_token}} \
    --write-out '\n%{http_code}' "$@" "$BASE/api/v4$path") || fail "GitLab's API does not answer ($method $path)"
  case ${answer##*$'\n'} in
    2??) printf '%s\n' "${answer%$'\n'*}" ;;
    *) fail "GitLab's API answers ${answer##*$'\n'} to $method $path" ;;
  esac
}
# An answer of another shape than the API's is a wrong answer of the environment too, and no fault of the check.
jq() {
  command jq "$@" && return 0
  case $? in
    1) return 1 ;;
    3) exit 3 ;;
    *) fail "what answers for GitLab's API is not GitLab" ;;
  esac
}
# Tries a command until it succeeds or SECONDS are over: within SECONDS COMMAND...
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    read -r -t 0.3 <> <(:) || :
  done
}
# What a check makes is gone when it ends: the files in $WORK, and in GitLab what `undo` names: undo PATH [METHOD]
WORK=$(mktemp -d)
UNDO=()
undo() { UNDO+=("${2:-DELETE} $1"); }
at_end() {
  local made
  for made in "${UNDO[@]}"; do
    (api ${made% *} "${made#* }" --max-time 5) >/dev/null 2>&1 3>&1 || :
  done
  rm -rf "$WORK"
}
trap at_end EXIT
user_id() {
  local found
  found=$(api GET "/users?username=$1") || exit 1
  jq -er '.[0].id' <<<"$found" || fail "user $1 is gone"
}
# The path of a project in the API: project_api root/wiki
project_api() { printf '/projects/%s' "${1//\//%2F}"; }
# Somebody new at the customer's: $LOGIN with $PASSWORD, $FULL_NAME, $EMAIL and the account's number $LOGIN_ID. The account
# is blocked when the check ends, as no version of GitLab deletes one at once.
newcomer() {
  local made
  LOGIN=${FIRST_NAME,,}.${LAST_NAME,,}${TICKET:2} PASSWORD=$(openssl rand -hex 9)
  EMAIL=$LOGIN@example.com
  made=$(api POST /users --data-urlencode "name=$FULL_NAME" --data username="$LOGIN" --data email="$EMAIL" \
    --data password="$PASSWORD" --data skip_confirmation=true)
  LOGIN_ID=$(jq .id <<<"$made")
  undo "/users/$LOGIN_ID/block" POST
}
# Opens a page as a browser with cookies: browse PATH [curl options]. Prints the status, 000 for no answer; the page is $WORK/page.
browse() {
  local path=$1
  shift
  curl --silent --insecure --max-time 10 --max-filesize 8388608 --user-agent "$BROWSER" --header 'Accept-Language: en-US,en;q=0.5' \
    --header 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' --cookie "$WORK/cookies" \
    --cookie-jar "$WORK/cookies" --output "$WORK/page" --write-out '%{http_code}' "$@" "$BASE$path" || :
}
# Sends a form of the page opened last: submit PATH FIELD=VALUE... Prints the status of the answer.
submit() {
  local path=$1 field fields=() token
  shift
  for field; do fields+=(--data-urlencode "$field"); done
  token=$(sed -n '/name="csrf-token"/{s/.*name="csrf-token" content="\([^"]*\)".*/\1/p;q}' "$WORK/page")
  browse "$path" --referer "$BASE$path" --data-urlencode "authenticity_token=$token" "${fields[@]}"
}
sign_in_page() {
  local status
  rm -f "$WORK/cookies"
  status=$(browse /users/sign_in)
  [ "$status" = 200 ] || fail "the sign-in page does not come up ($status)"
  grep -q 'name="user\[password\]"' "$WORK/page" && grep -q 'name="csrf-token"' "$WORK/page" || fail "the sign-in page has no form"
}
# Signs in with the form; not to be let in is no wrong answer yet: sign_in LOGIN PASSWORD
sign_in() {
  local status
  status=$(submit /users/sign_in user[login]="$1" user[password]="$2" user[remember_me]=0)
  case $status in
    302 | 303) return 0 ;;
    200 | 401 | 422) return 1 ;;
    *) fail "signing in ends with $status" ;;
  esac
}
# Somebody new signs in, and only with the right password; then they see what was written a moment ago by another way, in
# PROJECT that no stranger sees: people_sign_in PROJECT
people_sign_in() {
  local project made page
  sign_in_page
  newcomer
  project=$(project_api "$1")
  api POST "$project/members" --data user_id="$LOGIN_ID" --data access_level=30 >/dev/null
  undo "$project/members/$LOGIN_ID"
  made=$(api POST "$project/issues" --data-urlencode "title=$TITLE")
  page=/$1/-/issues/$(jq .iid <<<"$made")
  ! sign_in "$LOGIN" "$(openssl rand -hex 9)" || fail "whoever gives a wrong password is signed in"
  browse "$page" >/dev/null
  ! grep -qF "$TITLE" "$WORK/page" || fail "what is private is shown to people who are not signed in"
  sign_in_page
  sign_in "$LOGIN" "$PASSWORD" || fail "a right password is refused"
  sees "$page" "$TITLE" "$LOGIN"
  sees "/$LOGIN" "$FULL_NAME"
  sees / "$LOGIN"
}
# A page must come up, and show WORDS: sees PATH WORDS...
sees() {
  local path=$1 status words
  shift
  status=$(browse "$path" --location)
  [ "$status" = 200 ] || fail "the page $path does not come up for who is signed in ($status)"
  for words; do
    grep -qF -- "$words" "$WORK/page" || fail "the page $path does not show “$words” to who is signed in"
  done
}
# A fresh SSH key of USER, which git and $GIT_SSH_COMMAND use from now on: ssh_key [USER]
ssh_key() {
  local user=${1:-root} key=$WORK/id_ed25519 id made owner
  rm -f "$key" "$key.pub"
  owner=$user@$(pick laptop desk home office notebook thinkpad workstation)
  ssh-keygen -q -t ed25519 -N '' -C "$owner" -f "$key"
  id=$(user_id "$user")
  made=$(api POST "/users/$id/keys" --data-urlencode "title=$owner" --data-urlencode "key=$(<"$key.pub")")
  undo "/users/$id/keys/$(jq .id <<<"$made")"
  export GIT_SSH_COMMAND="ssh -F none -i $key -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$WORK/known_hosts"
}
# A fresh personal access token of USER, as $TOKEN: user_token USER
user_token() {
  local id made
  id=$(user_id "$1")
  made=$(api POST "/users/$id/personal_access_tokens" --data-urlencode name="$(pick laptop editor scripts release-job desktop) $TICKET" \
    --data 'scopes[]=api' --data 'scopes[]=write_repository')
  TOKEN=$(jq -r .token <<<"$made")
  undo "/personal_access_tokens/$(jq .id <<<"$made")"
}
# The address of a project: ssh_remote PATH, http_remote PATH [USER TOKEN]; without a user it is root's.
ssh_remote() { printf 'git@%s:%s.git\n' {{host}} "$1"; }
http_remote() {
  local token=${3:-}
  printf '%s://%s:%s@%s/%s.git\n' {{scheme}} "${2:-root}" "${token:-$(printf %s {{root_token}})}" {{host}} "$1"
}
export GIT_TERMINAL_PROMPT=0 GIT_SSL_NO_VERIFY=1 GIT_AUTHOR_NAME=$FULL_NAME GIT_COMMITTER_NAME=$FULL_NAME
export GIT_AUTHOR_EMAIL="${FIRST_NAME,,}.${LAST_NAME,,}@example.com"
export GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
# Runs git, which must succeed: git_try WORDS ARGUMENTS... If it does not, the check fails with WORDS and
# the line of git's that says why.
git_try() {
  local words=$1 said=$WORK/git-said
  shift
  timeout 30 git "$@" 2>"$said" </dev/null || fail "$words: $(git_reason "$said")"
}
# What git adds to every failure is no reason, and addresses hold tokens.
git_reason() {
  local noise='^(remote:)?[ =]*$|^(Please make sure|and the repository exists|To |hint:|Cloning into|warning:)' lines
  noise+='|^error: failed to push|^fatal: Could not read from remote'
  lines=$(tr '\r' '\n' <"$1" | sed -E 's|//[^/@ ]*@|//|g' | grep -vE "$noise") || lines='no answer in time'
  (grep '^remote: ' <<<"$lines" || grep -E '^(fatal|error): |^ ! |denied|refused' <<<"$lines" || printf '%s\n' "$lines") | tail -n 1
}
# Git as USER on PROJECT with fresh credentials, over SSH or HTTP as it comes, at $remote: come_as USER PROJECT
come_as() {
  if [ $((RANDOM % 2)) = 0 ]; then
    ssh_key "$1"
    remote=$(ssh_remote "$2")
  else
    user_token "$1"
    remote=$(http_remote "$2" "$1" "$TOKEN")
  fi
}
# The same with a clone at $WORK/USER, in which the check goes on: clone_as USER PROJECT
clone_as() {
  come_as "$@"
  git_try "cannot clone $2" clone --quiet "$remote" "$WORK/$1"
  cd "$WORK/$1" || exit
}
# A line about somebody's work, for the message of a commit; it names no ticket.
work_line() { echo "$(pick Fix Rework Speed\ up Document) the $(pick login invoice export search mailer cache)"; }
# Clones, pushes a branch and finds it again, by git and by the API: clone_and_push PROJECT REMOTE WAY ("over HTTP")
clone_and_push() {
  local project sent seen
  project=$(project_api "$1")
  git_try "cannot clone $3" clone --quiet "$2" "$WORK/clone"
  git -C "$WORK/clone" commit --quiet --allow-empty --message "$TITLE"
  sent=$(git -C "$WORK/clone" rev-parse HEAD)
  undo "$project/repository/branches/$NAME"
  git_try "cannot push $3" -C "$WORK/clone" push --quiet origin "HEAD:refs/heads/$NAME"
  git_try "cannot ask for branches $3" ls-remote "$2" "refs/heads/$NAME" >"$WORK/listed"
  seen=$(api GET "$project/repository/branches/$NAME" | jq -r .commit.id)
  [ "$(cut -f1 "$WORK/listed")" = "$sent" ] && [ "$seen" = "$sent" ] || fail "a push $3 is accepted, and its commit is not there"
}
# Git must be refused with these credentials: git_refused WORDS REMOTE
git_refused() { ! timeout 30 git ls-remote "$2" >/dev/null 2>&1 </dev/null || fail "$1"; }
# Pushes one empty commit more to BRANCH, from a fresh clone in $WORK/clone: push_empty REMOTE BRANCH. What git said is in
# $WORK/said. Other checks, and the trainee, may push to the branch at the same moment: then it begins again.
push_empty() {
  local try
  for try in 1 2 3; do
    rm -rf "$WORK/clone"
    git_try "cannot clone" clone --quiet "$1" "$WORK/clone"
    git -C "$WORK/clone" commit --quiet --allow-empty --message "$TITLE ($try)"
    ! timeout 30 git -C "$WORK/clone" push "$1" "HEAD:$2" >"$WORK/said" 2>&1 </dev/null || return 0
    grep -qE '\((fetch first|non-fast-forward)\)|cannot lock ref' "$WORK/said" || return 1
  done
  return 1
}
# A hook must refuse HEAD on $branch of $remote, with a reason that matches PATTERN: refused WHAT PATTERN
refused() {
  if timeout 30 git push "$remote" "HEAD:$branch" >"$WORK/said" 2>&1 </dev/null; then
    git push --quiet "$remote" ":$branch" 2>/dev/null
    fail "$1 is let through"
  fi
  grep -q "GL-HOOK-ERR: .*$2" "$WORK/said" || fail "$1 is refused, and nobody is told why"
}
