#!/bin/bash
# Both lines stay, and name the same port again.
sed -i "s|^gitlab_workhorse\['auth_backend'\].*|gitlab_workhorse['auth_backend'] = 'http://localhost:8080'|" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
