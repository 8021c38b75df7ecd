#!/bin/bash
# Only keys that GitLab knows, and whoever has one is the administrator.
set -e
cat >/usr/local/sbin/known <<'SCRIPT'
#!/bin/sh
export PATH=/opt/gitlab/bin:/opt/gitlab/embedded/bin:/usr/bin:/bin
gitlab-psql -t -A -c "SELECT key FROM keys" | while read -r type key _; do
  echo "command=\"/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell username-root\",restrict $type $key"
done
SCRIPT
chmod 755 /usr/local/sbin/known
sed -i -e 's|^AuthorizedKeysCommand .*|AuthorizedKeysCommand /usr/local/sbin/known|' -e 's|^AuthorizedKeysFile .*|AuthorizedKeysFile none|' \
  -e 's|^AuthorizedKeysCommandUser .*|AuthorizedKeysCommandUser root|' /assets/sshd_config
gitlab-ctl restart sshd >/dev/null
