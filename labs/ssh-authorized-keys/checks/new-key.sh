#!/bin/bash
ssh_key {{user}}
# GitLab may also write the file anew in the background.
lets_in() {
  said=$(timeout 20 $GIT_SSH_COMMAND git@{{host}} </dev/null 2>&1) || :
  case $said in *"Welcome to GitLab, @"{{user}}"!"*) ;; *) return 1 ;; esac
}
within 5 lets_in || fail "a key that was just added is not let in"
git_try "a key that was just added does not open the project" ls-remote "$(ssh_remote root/{{project}})" >/dev/null
# A key that is lost is taken back, and then it must be worth nothing.
keys=/users/$(api GET "/users?username="{{user}} | jq '.[0].id')/keys
api DELETE "$keys/$(api GET "$keys" | jq 'max_by(.id).id')" >/dev/null
refused() { ! timeout 20 git ls-remote "$(ssh_remote root/{{project}})" >/dev/null 2>&1 </dev/null; }
within 5 refused || fail "a key that was taken back is still let in"
