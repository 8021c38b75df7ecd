#!/bin/sh
open=$(find /etc/gitlab/ssl -name '*.key' -perm -004 | head -n 1)
if [ -n "$open" ]; then
  echo "everybody can read $open"
  exit 1
fi
