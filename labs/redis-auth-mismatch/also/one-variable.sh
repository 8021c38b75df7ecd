#!/bin/bash
# The secret once, at the top, for both.
sed -i "/^gitlab_rails\['redis_password'\]/d; /^redis\['password'\]/d" /etc/gitlab/gitlab.rb
printf "secret = '%s'\nredis['password'] = secret\ngitlab_rails['redis_password'] = secret\n" {{new}} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
