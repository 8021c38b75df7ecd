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
# Prints a regular file of the box's volumes, of at most LIMIT bytes (1 MiB where left out): contents PATH [LIMIT]. No
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
