#!/bin/bash
grep -rl 127.0.0.1:{{port}} /var/opt/gitlab/nginx/conf | xargs sed -i '/127.0.0.1:'{{port}}'/d'
gitlab-ctl restart nginx >/dev/null
