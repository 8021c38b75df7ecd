#!/bin/bash
ssh_key {{user}}
git_try "a key that was just added is not let in" ls-remote "$(ssh_remote root/{{project}})" >/dev/null
