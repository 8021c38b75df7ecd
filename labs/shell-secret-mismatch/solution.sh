#!/bin/bash
# Without a secret of its own, Gitaly gets GitLab Shell's.
export PATH=/opt/gitlab/embedded/bin:$PATH
file=/etc/gitlab/gitlab-secrets.json
changed=$(jq 'del(.gitaly.gitlab_secret)' "$file")
printf '%s\n' "$changed" > "$file"
gitlab-ctl reconfigure >/dev/null
