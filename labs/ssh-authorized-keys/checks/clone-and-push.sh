#!/bin/bash
# ssh with a key: with KEY
with() {
  printf '%s' "ssh -F none -i $1 -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR" \
    " -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$WORK/known_hosts"
}
# Whom GitLab takes one for, or what one is told instead: welcomed SSH...
welcomed() { timeout 20 "$@" git@{{host}} </dev/null 2>&1 || :; }
{
  printf '\x30\x31\x02\x01\x01\x04\x20'
  printf %s {{key}} | openssl dgst -sha256 -binary
  printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} | openssl pkey -inform DER -out "$WORK/key"
chmod 600 "$WORK/key"
said=$(welcomed $(with "$WORK/key"))
case $said in
  *"Welcome to GitLab, @"{{user}}"!"*) ;;
  *'Permission denied'*) fail {{user}}"'s key is turned down" ;;
  *) fail {{user}}"'s key lets in somebody else" ;;
esac
export GIT_SSH_COMMAND
GIT_SSH_COMMAND=$(with "$WORK/key")
remote=$(ssh_remote root/{{project}})
push_empty "$remote" "refs/heads/$NAME" || fail {{user}}" cannot push: $(git_reason "$WORK/said")"
[ -s "$WORK/clone/README.md" ] || fail "the clone of "{{project}}" has no README.md"
git_try {{user}}" cannot see the pushed branch" ls-remote --exit-code "$remote" "refs/heads/$NAME" >/dev/null
git_try {{user}}" cannot delete a branch" -C "$WORK/clone" push --quiet "$remote" ":refs/heads/$NAME"

# The lists of keys are there to keep out the others.
ssh-keygen -q -t "$(pick ed25519 ecdsa)" -N '' -f "$WORK/strange"
said=$(welcomed $(with "$WORK/strange"))
case $said in
  *'Permission denied (publickey).'*) ;;
  *) fail "a key that nobody knows is let in" ;;
esac
ssh_key {{colleague}}
said=$(welcomed $GIT_SSH_COMMAND)
case $said in
  *"Welcome to GitLab, @"{{colleague}}"!"*) ;;
  *) fail "the key of "{{colleague}}" does not let in "{{colleague}} ;;
esac
! timeout 20 git ls-remote "$remote" >/dev/null 2>&1 </dev/null || fail {{colleague}}" reads root/"{{project}}", and is no member"
