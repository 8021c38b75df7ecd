# Runs a program of ours with the ids of one of GitLab's accounts and no privilege: as USER COMMAND...
as() {
  local id
  case $1 in
    git) id=998 ;;
    gitlab-www) id=999 ;;
    gitlab-redis) id=997 ;;
    gitlab-psql) id=996 ;;
    *) echo "GitLab has no account $1" >&2; exit 2 ;;
  esac
  shift
  setpriv --reuid "$id" --regid "$id" --clear-groups --no-new-privs -- "$@"
}
# Prints a regular file of the container's volumes, of at most LIMIT bytes (1 MiB where left out): contents PATH [LIMIT]. No
# link is followed on the way to it, and no pipe or device opened: these fail the check.
contents() {
  local said
  exec 4>&1
  said=$(/usr/local/bin/contents "$1" "${2:-1048576}" 2>&1 >&4) || fail "${said:-$1 cannot be read}"
  exec 4>&-
}
# Asks PostgreSQL through its socket with our own client: sql QUERY as its superuser, sql_as git QUERY as GitLab does.
# Names mean what the server itself means by them.
sql() { sql_as gitlab-psql "$@"; }
sql_as() {
  local account=$1 role=$1 said
  [ "$account" = gitlab-psql ] || role=gitlab
  said=$(PGCONNECT_TIMEOUT=5 PGOPTIONS='-c search_path=pg_catalog -c statement_timeout=10s' as "$account" \
    timeout 12 psql -XAtq -v ON_ERROR_STOP=1 -h /var/opt/gitlab/postgresql -U "$role" -d gitlabhq_production -c "$2" \
    2>"$WORK/psql-said") || fail "PostgreSQL does not answer: $(tail -n 1 "$WORK/psql-said")"
  printf '%s\n' "$said"
}
# On the light image: the lines in which Sidekiq says that jobs of CLASS ended whose arguments hold WORDS, as JSON:
# jobs_done CLASS WORDS
jobs_done() {
  contents /var/log/gitlab/sidekiq/current 67108864 | grep -F '"job_status":"done"' | jq -Rc --arg class "$1" --arg words "$2" \
    'fromjson? | select(.class == $class and (" " + (.args | join(" ")) + " " | contains($words)))' || :
}
# Redis, asked over its socket by a client of ours.
redis() { as git redis-cli -s /var/opt/gitlab/redis/redis.socket "$@" </dev/null; }
# A job like that must have ended in a Sidekiq that Redis knows, which serves the job's queue: job_done CLASS WORDS
job_done() {
  local line who
  line=$(jobs_done "$1" "$2" | tail -n 1)
  [ -n "$line" ] || return 1
  while read -r who; do
    ! redis HGET "$who" info | command jq -e --argjson job "$line" '.pid == $job.pid and any(.queues[]; . == $job.queue)' >/dev/null 2>&1 || return 0
  done < <(redis SMEMBERS processes)
  return 1
}
