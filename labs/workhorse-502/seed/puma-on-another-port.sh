#!/bin/bash
set -e
curl --silent --show-error --fail --output /dev/null --header "PRIVATE-TOKEN: "{{root_token}} http://localhost/api/v4/projects \
  --data name={{project}} --data path={{project}} --data initialize_with_readme=true
{
  printf "\n# Make room for the time recording (Tomcat, 8080)\n"
  printf "puma['port'] = %s\n" {{port}}
  printf "\ngitlab_rails['time_zone'] = 'Europe/Ljubljana'\n"
  printf "gitlab_rails['gitlab_email_display_name'] = 'GitLab'\n"
  printf "gitlab_rails['gitlab_default_theme'] = 3\n"
  printf "nginx['client_max_body_size'] = '250m'\n"
  printf "gitlab_workhorse['auth_backend'] = 'http://localhost:%s'\n" {{port}}
  printf "sidekiq['concurrency'] = 5\n"
} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
