#!/bin/bash
# Without any attempt, sshd says what it would take.
said=$(timeout 20 ssh -F none -o PreferredAuthentications=none -o BatchMode=yes -o ConnectTimeout=10 \
  -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$WORK/known_hosts" git@{{host}} </dev/null 2>&1) &&
  fail "sshd lets everybody in"
case $said in
  *'Permission denied (publickey).'*) ;;
  *'Permission denied'*) fail "sshd takes more than keys: ${said##*denied }" ;;
  *) fail "sshd does not answer on port 22" ;;
esac
