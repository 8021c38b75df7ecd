#!/bin/bash
# The rendered files instead of what they are rendered from.
sed -i 's/:'{{old}}'@/:'{{new}}'@/' /var/opt/gitlab/gitlab-rails/etc/resque.yml /var/opt/gitlab/gitlab-rails/etc/cable.yml
gitlab-ctl restart puma >/dev/null
gitlab-ctl restart sidekiq >/dev/null
