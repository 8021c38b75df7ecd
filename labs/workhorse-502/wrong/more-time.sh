#!/bin/bash
# "Taking too much time to respond": so give it more.
{
  printf "nginx['proxy_read_timeout'] = 3600\n"
  printf "gitlab_workhorse['proxy_headers_timeout'] = '10m0s'\n"
  printf "puma['max_threads'] = 8\n"
} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
