BASE={{scheme}}://{{host}}
# Asks GitLab's API as root: api METHOD PATH [curl options]. Prints the body. No answer, or one that is
# not 2xx, is a wrong answer of the environment.
api() {
  local method=$1 path=$2 answer
  shift 2
  answer=$(curl --silent --insecure --max-time 10 --request "$method" --header "PRIVATE-TOKEN: "{{root_token}} \
    --write-out '\n%{http_code}' "$@" "$BASE/api/v4$path") || fail "GitLab's API does not answer ($method $path)"
  case ${answer##*$'\n'} in
    2??) printf '%s\n' "${answer%$'\n'*}" ;;
    *) fail "GitLab's API answers ${answer##*$'\n'} to $method $path" ;;
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
# What a check makes is gone when it ends: the files in $WORK, and in GitLab what `undo` names: undo PATH
WORK=$(mktemp -d)
# No other run of a check uses this name, in this grading or before: for branches, files, messages.
NAME=check-${WORK##*.}
UNDO=()
undo() { UNDO+=("$1"); }
at_end() {
  local path
  for path in "${UNDO[@]}"; do
    (api DELETE "$path" --max-time 5) >/dev/null 2>&1 3>&1 || :
  done
  rm -rf "$WORK"
}
trap at_end EXIT
user_id() {
  local found
  found=$(api GET "/users?username=$1") || exit 1
  jq -er '.[0].id' <<<"$found" || fail "user $1 is gone"
}
# A fresh SSH key of USER, which git and $GIT_SSH_COMMAND use from now on: ssh_key [USER]
ssh_key() {
  local user=${1:-root} key=$WORK/ssh-key id made
  rm -f "$key" "$key.pub"
  ssh-keygen -q -t ed25519 -N '' -f "$key"
  id=$(user_id "$user")
  made=$(api POST "/users/$id/keys" --data-urlencode "title=$NAME" --data-urlencode "key=$(<"$key.pub")")
  undo "/users/$id/keys/$(jq .id <<<"$made")"
  export GIT_SSH_COMMAND="ssh -F none -i $key -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$WORK/known_hosts"
}
# A fresh personal access token of USER, as $TOKEN: user_token USER
user_token() {
  local id made
  id=$(user_id "$1")
  made=$(api POST "/users/$id/personal_access_tokens" --data name="$NAME" --data 'scopes[]=api' \
    --data 'scopes[]=write_repository')
  TOKEN=$(jq -r .token <<<"$made")
  undo "/personal_access_tokens/$(jq .id <<<"$made")"
}
# The address of a project: ssh_remote PATH, http_remote PATH [USER TOKEN]; without a user it is root's.
ssh_remote() { printf 'git@%s:%s.git\n' {{host}} "$1"; }
http_remote() {
  local token=${3:-}
  printf '%s://%s:%s@%s/%s.git\n' {{scheme}} "${2:-root}" "${token:-$(printf %s {{root_token}})}" {{host}} "$1"
}
export GIT_TERMINAL_PROMPT=0 GIT_SSL_NO_VERIFY=1 GIT_AUTHOR_NAME=Probe GIT_AUTHOR_EMAIL=probe@example.com
export GIT_COMMITTER_NAME=Probe GIT_COMMITTER_EMAIL=probe@example.com
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
# Pushes one empty commit more to BRANCH, from a fresh clone in $WORK/clone: push_empty REMOTE BRANCH. What git said is in
# $WORK/said. Other checks, and the trainee, may push to the branch at the same moment: then it begins again.
push_empty() {
  local try
  for try in 1 2 3; do
    rm -rf "$WORK/clone"
    git_try "cannot clone" clone --quiet "$1" "$WORK/clone"
    git -C "$WORK/clone" commit --quiet --allow-empty --message "$NAME $try"
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
