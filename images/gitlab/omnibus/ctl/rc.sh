# shellcheck shell=sh
# The files in /opt/gitlab/etc tell the wrappers what reconfigure has decided.

load_rc() { # name of the file; its variables are then set
  rc=/opt/gitlab/etc/$1
  if ! [ -f "$rc" ]; then
    echo "$0 error: could not load $rc" >&2
    echo "Either you are not allowed to read the file, or it does not exist yet." >&2
    echo "You can generate it with:   sudo gitlab-ctl reconfigure" >&2
    exit 1
  fi
  # shellcheck source=/dev/null
  . "$rc"
}

# Runs a command in the application's folder, as its account and with its environment.
in_rails() {
  load_rc gitlab-rails-rc
  # shellcheck disable=SC2154  # set by the file
  cd "$gitlab_dir" || exit 1
  # As for the services: Ruby touches as much of its stack as it may have.
  # shellcheck disable=SC3045  # known to dash
  ulimit -s 1024 || exit 1
  # Only root may become somebody else.
  # shellcheck disable=SC2154
  if [ "$(id -u)" = 0 ]; then
    exec chpst -e "$gitlab_env" -u "$gitlab_user:$gitlab_group" -U "$gitlab_user:$gitlab_group" "$@"
  fi
  exec chpst -e "$gitlab_env" "$@"
}
