#!/bin/bash
{
  printf '\x30\x31\x02\x01\x01\x04\x20'
  printf %s {{key}} | openssl dgst -sha256 -binary
  printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} | openssl pkey -inform DER -out "$WORK/key"
chmod 600 "$WORK/key"
export GIT_SSH_COMMAND="ssh -F none -i $WORK/key -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR \
  -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$WORK/known_hosts"
remote=$(ssh_remote root/{{project}})
git_try {{user}}" cannot clone" clone --quiet "$remote" "$WORK/clone"
[ -s "$WORK/clone/README.md" ] || fail "the clone of "{{project}}" has no README.md"
git -C "$WORK/clone" commit --quiet --allow-empty --message $NAME
git_try {{user}}" cannot push" -C "$WORK/clone" push --quiet origin HEAD:refs/heads/$NAME
git_try {{user}}" cannot see the pushed branch" ls-remote --exit-code "$remote" refs/heads/$NAME >/dev/null
