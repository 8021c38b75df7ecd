#!/bin/bash
set -e
api() { curl --silent --show-error --fail --output /dev/null --header "PRIVATE-TOKEN: "{{root_token}} "http://localhost/api/v4$1" "${@:2}"; }
for name in {{project}} receipts; do
  api /projects --data name=$name --data path=$name --data initialize_with_readme=true
done
{
  printf "\n# Gitaly. The code search (on its own machine) asks it over the network.\n"
  printf "gitaly['configuration'] = {\n"
  printf "  listen_addr: '0.0.0.0:%s',\n" {{port}}
  printf "  auth: { token: '%s' },\n" {{new}}
  printf "}\n"
  printf "gitlab_rails['gitaly_token'] = '%s'\n" {{new}}
  printf "\ngitlab_rails['time_zone'] = 'Europe/Istanbul'\n"
  printf "gitlab_rails['gitlab_default_theme'] = 4\n"
  printf "gitlab_rails['gitlab_email_display_name'] = 'Code'\n"
  printf "nginx['client_max_body_size'] = '500m'\n"
  printf "\n# Where repositories are. A second storage (archive, slow disks) was planned for spring.\n"
  printf "gitlab_rails['repositories_storages'] = {\n"
  printf "  'default' => { 'gitaly_address' => 'unix:/var/opt/gitlab/gitaly/gitaly.socket', 'gitaly_token' => '%s' },\n" {{new}}
  printf "}\n"
} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
