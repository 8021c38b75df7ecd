# shellcheck shell=bash
# Transcripts: what was typed, all that was answered, and the exit code where it is not 0.
set -uo pipefail
exec 2>&1
: "${GITLAB:?}"
host=${GITLAB#*://}

export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
# Object ids stand in the transcripts.
export GIT_AUTHOR_DATE='2026-01-31T12:00:00Z' GIT_COMMITTER_DATE='2026-01-31T12:00:00Z'
export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=4 \
  GIT_CONFIG_KEY_0=init.defaultBranch GIT_CONFIG_VALUE_0=main \
  GIT_CONFIG_KEY_1=advice.detachedHead GIT_CONFIG_VALUE_1=false \
  GIT_CONFIG_KEY_2=core.quotePath GIT_CONFIG_VALUE_2=false \
  GIT_CONFIG_KEY_3=user.useConfigOnly GIT_CONFIG_VALUE_3=true

title() { printf '\n# %s\n' "$*"; }

# Types a line as a person would. Secrets, and what differs from run to run, are covered.
run() {
  local code
  printf '$ %s\n' "$1" | cover
  bash -c "set -o pipefail; $1" 2>&1 </dev/null | cover
  code=${PIPESTATUS[0]}
  [ "$code" = 0 ] || echo "[exit code $code]"
}

cover() { sed -E "${covers[@]}"; }
covers=(-e 's/\r$//' -e 's/\b[0-9A-HJKMNP-TV-Z]{26}\b/<id>/g')
for file in ~/tokens/* ~/passwords/*; do covers+=(-e "s|$(cat "$file")|<${file#"$HOME/"}>|g"); done

token() { cat ~/tokens/"$1"; }
password() { cat ~/passwords/"$1"; }

# As somebody else over SSH: ssh_as KEY
ssh_as() { export GIT_SSH_COMMAND="ssh -i $HOME/.ssh/$1"; }

api() { # PERSON METHOD PATH [curl options]
  curl -sS --fail-with-body -X "$2" -H "Authorization: Bearer $(token "$1")" "$GITLAB/api/v4/$3" "${@:4}"
}
# Makes something that the transcript does not show, or ends with the reason why not.
make() { api "$@" >/tmp/made || { cat /tmp/made; exit 1; }; }
