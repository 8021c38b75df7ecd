#!/bin/bash
sed -i 's/'{{new}}'/'{{old}}'/' /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
