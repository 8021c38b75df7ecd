# shellcheck shell=bash
# Talking to the supervisor: which services there are, and what became of a command.

SV=/opt/gitlab/embedded/bin/sv
SV_DIR=/opt/gitlab/sv
ENABLED_DIR=/opt/gitlab/service

# Every service that has been configured, enabled or not.
all_services() {
  local dir
  for dir in "$SV_DIR"/*/; do
    [ -d "$dir" ] || continue
    dir=${dir%/}
    echo "${dir##*/}"
  done
}

enabled() { [ -L "$ENABLED_DIR/$1" ]; }

# Passes a command on to the named services, or to all. The exit code is the
# sum over the services: for `status` 0 runs, 3 is down, 4 cannot be told; for
# the others 1 each that failed.
supervise() {
  local command=$1 total=0 name
  local -a names=()
  shift
  while read -r name; do
    if enabled "$name"; then
      names+=("$name")
    elif [ -n "$VERBOSE" ] && [ "$command" = status ]; then
      echo "$name disabled"
    fi
  done < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else all_services; fi)
  [ ${#names[@]} -gt 0 ] || return 0

  [ "$command" = stop ] && announce_stop "${names[@]}"
  for name in "${names[@]}"; do
    report "$command" "$name"
    total=$((total + $?))
  done
  return $((total > 255 ? 255 : total))
}

# Services that are told to stop do so side by side; the waiting and the lines come after, in order.
announce_stop() {
  "$SV" -w 0 stop "$@" > /dev/null 2>&1
}

# One service's line and its exit code. Debian's sv mixes the log's state into
# the code, so the code is taken from what it says.
report() {
  local text code
  text=$("$SV" "$1" "$2" 2>&1)
  code=$?
  [ -n "$text" ] && echo "$text"
  case $1:$text in
    status:run:*) return 0 ;;
    status:down:* | status:finish:*) return 3 ;;
    status:*) return 4 ;;
    *:ok:*) return 0 ;;
    *:timeout:* | *:fail:* | *:warning:* | *:kill:*) return 1 ;;
  esac
  return "$code"
}
