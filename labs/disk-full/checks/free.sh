#!/bin/sh
used=$(df -P /var/opt/gitlab | awk 'NR == 2 { sub("%", "", $5); print $5 }')
[ "$used" -le 90 ] || { echo "the data volume is $used % full"; exit 1; }
