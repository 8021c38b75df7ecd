#!/bin/bash
# The other way round: GitLab Shell gets what Gitaly has.
export PATH=/opt/gitlab/embedded/bin:$PATH
file=/etc/gitlab/gitlab-secrets.json
changed=$(jq '.gitlab_shell.secret_token = .gitaly.gitlab_secret' "$file")
printf '%s\n' "$changed" > "$file"
gitlab-ctl reconfigure >/dev/null
