#!/bin/bash
sed -i 's/http:\/\/127.0.0.1:'{{port}}';/http:\/\/127.0.0.1:8080;/' /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
