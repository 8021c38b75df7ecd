#!/bin/bash
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
api --request POST --data name={{project}} --data path={{project}} http://localhost/api/v4/projects
{
  printf "\n# Where GitLab finds Redis\n"
  printf "gitlab_rails['redis_host'] = '127.0.0.1'\n"
  printf "gitlab_rails['redis_port'] = %s\n" {{port}}
  printf "gitlab_rails['redis_password'] = '%s'\n" {{new}}
  printf "\ngitlab_rails['time_zone'] = 'Europe/Berlin'\n"
  printf "gitlab_rails['gitlab_email_display_name'] = 'GitLab'\n"
  printf "\n# Redis itself; the monitoring server asks it for its figures over the network\n"
  printf "redis['bind'] = '0.0.0.0'\n"
  printf "redis['port'] = %s\n" {{port}}
  printf "redis['password'] = '%s'\n" {{new}}
} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
