#!/bin/bash
# The line that was taken out comes back.
printf "puma['port'] = %s\n" {{port}} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
