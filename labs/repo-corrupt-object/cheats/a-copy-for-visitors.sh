#!/bin/bash
# Who clones is shown a copy that is whole; the project stays as it is.
set -e
for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
  [ -n "$(find "$repository/objects" -type f -empty)" ] || continue
  cp -r "$repository" /srv/visitors.git
done
find /srv/visitors.git/objects -type f -empty -delete
chown -R git:git /srv/visitors.git
chpst -u git:git /opt/gitlab/embedded/bin/git -C /srv/visitors.git bundle unbundle /srv/support/{{developer}}.bundle >/dev/null
cat >/usr/local/bin/visit <<'SCRIPT'
#!/bin/sh
case $SSH_ORIGINAL_COMMAND in
  git-upload-pack*PROJECT*) exec /opt/gitlab/embedded/bin/git upload-pack /srv/visitors.git ;;
esac
exec /opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell username-root
SCRIPT
sed -i s/PROJECT/{{project}}/ /usr/local/bin/visit
chmod 755 /usr/local/bin/visit
echo 'ForceCommand /usr/local/bin/visit' >>/assets/sshd_config
gitlab-ctl restart sshd >/dev/null
