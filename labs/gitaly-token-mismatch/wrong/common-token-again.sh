#!/bin/bash
# Once more, copied and not typed.
sed -i "/^gitlab_rails\['gitaly_token'\]/d" /etc/gitlab/gitlab.rb
printf "\ngitlab_rails['gitaly_token'] = '%s'\n" {{new}} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart gitaly >/dev/null
