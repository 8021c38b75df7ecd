#!/bin/bash
ssh_key
clone_and_push root/{{project}} "$(ssh_remote root/{{project}})" "over SSH"
