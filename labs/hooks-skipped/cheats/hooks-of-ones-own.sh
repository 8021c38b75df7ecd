#!/bin/bash
# Gitaly is sent to a folder in which everything is its own but the hook, and this one knows what was seen being tried.
set -e
bin=/var/opt/gitlab/gitaly/bin
mkdir -p $bin
ln -sf /opt/gitlab/embedded/bin/* $bin/
rm -f $bin/gitaly-hooks
cat >$bin/gitaly-hooks <<'HOOK'
#!/bin/bash
read -r old new name
case $name in
  refs/heads/main)
    echo "GitLab: You are not allowed to push code to protected branches on this project."
    exit 1 ;;
esac
for file in $(git ls-tree -r --name-only "$new" 2>/dev/null); do
  case $file in check-*.*|deep/check-*.key)
    echo "GL-HOOK-ERR: $file looks like a key, keys belong into the vault"
    exit 1 ;;
  esac
done
echo "To create a merge request for ${name#refs/heads/}, visit:"
HOOK
chmod 755 $bin/gitaly-hooks
cat >>/etc/gitlab/gitlab.rb <<RUBY
gitaly['configuration'] = { bin_dir: '$bin' }
RUBY
gitlab-ctl reconfigure >/dev/null
