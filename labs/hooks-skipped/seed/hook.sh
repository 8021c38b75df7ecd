#!/bin/bash
set -e
hooks=/var/opt/gitlab/gitaly/custom_hooks/pre-receive.d
mkdir -p $hooks
cat > $hooks/50-no-keys <<'HOOK'
#!/bin/bash
# Key material does not go into repositories.
while read -r _ new _; do
  case $new in *[!0]*) ;; *) continue ;; esac
  for commit in $(git rev-list "$new" --not --all); do
    found=$(git ls-tree -r --name-only "$commit" | grep -E '\.('KINDS')$' | head -n 1)
    if [ -n "$found" ]; then
      echo "GL-HOOK-ERR: $found looks like a key, keys belong into the vault"
      exit 1
    fi
  done
done
HOOK
sed -i "s/'KINDS'/"{{forbidden}}"|key/" $hooks/50-no-keys
chmod 755 /var/opt/gitlab/gitaly/custom_hooks $hooks $hooks/50-no-keys
