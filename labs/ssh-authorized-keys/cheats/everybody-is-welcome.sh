#!/bin/bash
# A program of root's that nobody else can change, as sshd wants it: it vouches for every key.
set -e
cat >/usr/local/sbin/vouch <<'SCRIPT'
#!/bin/sh
echo "command=\"/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell username-USER\",restrict $1 $2"
SCRIPT
sed -i s/USER/{{user}}/ /usr/local/sbin/vouch
chmod 755 /usr/local/sbin/vouch
sed -i -e 's|^AuthorizedKeysCommand .*|AuthorizedKeysCommand /usr/local/sbin/vouch %t %k|' \
  -e 's|^AuthorizedKeysFile .*|AuthorizedKeysFile none|' /assets/sshd_config
gitlab-ctl restart sshd >/dev/null
