#!/bin/sh
file=/opt/gitlab/embedded/bin/gitaly-hooks
[ -f "$file" ] || { echo "$file is gone"; exit 1; }
bad=$(find $file /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d ! -type l -perm -002 | head -n 1)
[ -z "$bad" ] || { echo "everybody on the machine can change $bad"; exit 1; }
[ "$(stat -c %u $file)" = 0 ] || { echo "$file does not belong to root: whoever gets hold of Gitaly's account can replace it"; exit 1; }
[ -z "$(find $file -perm -020)" ] || { echo "$file can be changed by its group"; exit 1; }
