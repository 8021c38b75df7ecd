#!/bin/bash
chmod -R 777 /var/opt/gitlab/gitlab-workhorse /var/opt/gitlab/gitlab-rails/sockets
gitlab-ctl restart gitlab-workhorse >/dev/null
gitlab-ctl restart nginx >/dev/null
