# shellcheck shell=bash
# shellcheck disable=SC2154  # run sets the image
# Starting boxes as breakfix does, and comparing what they say.

run_id=breakfix-test-$$
label=dev.breakfix.test=image
passed=0
failed=0
box= # the container that `inside` talks to

capabilities=(CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETUID SETGID SYS_CHROOT NET_BIND_SERVICE AUDIT_WRITE)

# Creates and starts a box with breakfix's limits: box_start NAME [docker options]
box_start() {
  box=$run_id-$1
  shift
  local capability options=()
  for capability in "${capabilities[@]}"; do options+=(--cap-add "$capability"); done
  docker run -d --name "$box" --label "$label" --label "dev.breakfix.test.run=$run_id" \
    --cap-drop ALL "${options[@]}" --pids-limit 1024 --memory 1g \
    --log-opt max-size=10m --log-opt max-file=2 "$@" "$image" > /dev/null
}

clean_up() {
  local ids
  ids=$(docker ps -aq --filter "label=dev.breakfix.test.run=$run_id")
  # shellcheck disable=SC2086  # a list
  [ -z "$ids" ] || docker rm -fv $ids > /dev/null
  ids=$(docker volume ls -q --filter "label=dev.breakfix.test.run=$run_id")
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker volume rm $ids > /dev/null
  ids=$(docker network ls -q --filter "label=dev.breakfix.test.run=$run_id")
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker network rm $ids > /dev/null
}

# A network of our own, on which boxes and clients know each other by name: network_create; --network "$network"
network_create() {
  network=$(docker network create --label "$label" --label "dev.breakfix.test.run=$run_id" "$run_id")
}

# A computer somewhere else with git, ssh and curl: client_start; client 'script'
client_start() {
  client=$run_id-client
  docker run -d --name "$client" --label "$label" --label "dev.breakfix.test.run=$run_id" \
    --network "$network" --no-healthcheck --workdir /root --env HOME=/root \
    --entrypoint sleep "$image" infinity > /dev/null
}
client() { docker exec "$client" bash -c "$1" 2>&1; }

inside() { docker exec "$box" "$@"; }
script() { docker exec "$box" bash -c "$1"; }

# Waits until a command succeeds: eventually SECONDS COMMAND...
eventually() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

log_since() { docker logs --since "$1" "$box" 2>&1; }
box_running() { [ "$(docker inspect -f '{{.State.Running}}' "$box")" = true ]; }
box_exited() { ! box_running; }
exit_code() { docker inspect -f '{{.State.ExitCode}}' "$box"; }
started_at() { docker inspect -f '{{.State.StartedAt}}' "$box"; }
configured() { log_since "$(started_at)" | grep -qx 'gitlab Reconfigured!'; }
answers() { [ "$(inside curl -sk -o /dev/null -w '%{http_code}' "${1:-http://localhost/-/readiness?all=1}")" = "${2:-200}" ]; }
runs() { inside gitlab-ctl status "$1" | grep -q "^run: $1:"; }

# The contract: configured, then ready, then every service running.
box_ready() {
  eventually 120 configured && eventually 120 answers && eventually 30 inside gitlab-ctl status
}

ok() {
  passed=$((passed + 1))
  echo "ok   $1"
}

not_ok() {
  failed=$((failed + 1))
  echo "FAIL $1"
  shift
  printf '       %s\n' "$@"
}

# is TITLE EXPECTED ACTUAL
is() {
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected: ${2//$'\n'/$'\n'                 }" "     got: ${3//$'\n'/$'\n'                 }"; fi
}

# like TITLE REGEX ACTUAL: every line of REGEX must match the line of ACTUAL at its place.
like() {
  local pattern text
  while IFS= read -r pattern <&3; do
    IFS= read -r text <&4
    if ! [[ $text =~ ^$pattern$ ]]; then
      not_ok "$1" "expected: $pattern" "     got: $text"
      return
    fi
  done 3<<< "$2" 4<<< "$3"
  if IFS= read -r text < <(tail -n +"$(($(wc -l <<< "$2") + 1))" <<< "$3") && [ -n "$text" ]; then
    not_ok "$1" "expected no more lines" "     got: $text"
    return
  fi
  ok "$1"
}

# contains TITLE PART ACTUAL
contains() {
  if [[ $3 == *"$2"* ]]; then ok "$1"; else not_ok "$1" "expected to find: $2" "in: $(tail -c 1500 <<< "$3")"; fi
}

# succeeds TITLE COMMAND...
succeeds() {
  local title=$1 output
  shift
  if output=$("$@" 2>&1); then ok "$title"; else not_ok "$title" "$output"; fi
}

# returns TITLE CODE COMMAND...
returns() {
  local title=$1 expected=$2 code
  shift 2
  "$@" > /dev/null 2>&1
  code=$?
  is "$title" "$expected" "$code"
}

# Adds a line to gitlab.rb; `restore` takes all added ones away.
setting() { script "cat >> /etc/gitlab/gitlab.rb <<'RUBY'
$1
RUBY"; }
restore() { inside cp /opt/gitlab/etc/gitlab.rb.template /etc/gitlab/gitlab.rb; }
reconfigure() { inside gitlab-ctl reconfigure 2>&1; }
