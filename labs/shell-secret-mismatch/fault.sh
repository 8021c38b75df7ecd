#!/bin/bash
# The old server's file was of a version that had no section for Gitaly: that one stayed as the new server made it.
export PATH=/opt/gitlab/embedded/bin:$PATH
file=/etc/gitlab/gitlab-secrets.json
shell=$(printf %s {{secret}} | openssl dgst -sha512 -r | cut -d' ' -f1)
changed=$(jq --arg shell "$shell" '.gitaly.gitlab_secret = .gitlab_shell.secret_token | .gitlab_shell.secret_token = $shell' "$file")
printf '%s\n' "$changed" > "$file"
gitlab-ctl reconfigure >/dev/null
for _ in {1..300}; do
  curl --silent --fail --output /dev/null http://localhost/-/liveness && break
  sleep 0.5
done
