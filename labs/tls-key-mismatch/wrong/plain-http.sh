#!/bin/bash
sed -i "s/^external_url 'https:/external_url 'http:/
        s/^nginx\['listen_https'\].*/nginx['listen_https'] = false/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
