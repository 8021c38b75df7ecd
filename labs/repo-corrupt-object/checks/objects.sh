#!/bin/sh
storage=/var/opt/gitlab/git-data/repositories
empty=$(find $storage -path '*/objects/*' -type f -size 0 | head -n 1)
[ -z "$empty" ] || { echo "a damaged object is left: $empty"; exit 1; }
foreign=$(find $storage ! -user git | head -n 1)
[ -z "$foreign" ] || { echo "not everything in the storage belongs to the account git: $foreign"; exit 1; }
