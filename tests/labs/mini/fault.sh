#!/bin/bash
printf "greeting 'Closed %s'\nsidekiq 'off'\n" {{word}} >>/etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
