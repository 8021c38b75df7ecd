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
