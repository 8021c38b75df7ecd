#!/bin/bash
used=$(df --output=pcent /var/opt/gitlab | tr -dc '0-9')
[ "$used" -le 90 ] || fail "the data volume is $used % full"
