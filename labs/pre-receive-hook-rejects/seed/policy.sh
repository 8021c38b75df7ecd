#!/bin/bash
set -e
hooks=/var/opt/gitlab/gitaly/custom_hooks
mkdir -p $hooks/pre-receive.d
cat > $hooks/pre-receive.d/10-commit-policy <<'HOOK'
#!/bin/bash
# Commit policy: every commit names a ticket, and no file is larger than the limit.
# The trackers' names are in ticket-prefixes, one a line.
policy=$(dirname "$0")/..
prefixes=$(paste -sd '|' "$policy/ticket-prefixes")
limit=$(cat "$policy/size-limit-kib")

refuse() {
  echo "GL-HOOK-ERR: $1"
  exit 1
}

while read -r _ new _; do
  case $new in *[!0]*) ;; *) continue ;; esac
  for commit in $(git rev-list "$new" --not --all); do
    git log -1 --format=%s "$commit" | grep -qE "^($prefixes)-[0-9]+ " ||
      refuse "commit ${commit:0:8} names no ticket ($prefixes)"
    while read -r size name; do
      [ "$size" = - ] || [ "$size" -le $((limit * 1024)) ] || refuse "$name is larger than $limit KiB"
    done < <(git ls-tree -r -l "$commit" | awk '{ print $4, $5 }')
  done
done
HOOK
printf '%s\n' {{first}} {{second}} > $hooks/ticket-prefixes
echo {{limit}} > $hooks/size-limit-kib
chmod 755 $hooks/pre-receive.d/10-commit-policy
# As it was delivered; somebody keeps things.
mkdir -p /root/commit-policy-2023
cp -p $hooks/ticket-prefixes $hooks/size-limit-kib $hooks/pre-receive.d/10-commit-policy /root/commit-policy-2023/
# The tracker that was added last.
echo {{added}} >> $hooks/ticket-prefixes
chown -R git:git $hooks
