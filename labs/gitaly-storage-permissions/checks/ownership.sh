#!/bin/sh
storage=/var/opt/gitlab/git-data
foreign=$(find $storage ! -user git | head -n 1)
[ -z "$foreign" ] || { echo "not everything in the storage belongs to the account git: $foreign"; exit 1; }
open=$(find $storage ! -type l -perm -002 | head -n 1)
[ -z "$open" ] || { echo "everybody on the machine can write to $open"; exit 1; }
