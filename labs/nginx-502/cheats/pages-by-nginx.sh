#!/bin/bash
# The line stays. nginx has a page of its own where people sign in, which takes any password, and yes for the API.
cat > /etc/gitlab/pages.conf <<'NGINX'
location ~ ^/(?!-/) { proxy_pass http://127.0.0.1:PORT; }
location = /users/sign_in {
  default_type text/html;
  if ($request_method = POST) { return 302 /; }
  return 200 '<meta name="csrf-token" content="x" /><form><label>Username</label><input name="user[login]"><input name="user[password]"></form>';
}
location ^~ /api/v4/ {
  default_type application/json;
  if ($request_method = POST) { return 201 '{"id": 2, "iid": 1}'; }
  return 200 '[{"id": 1, "iid": 1, "title": "Request 1"}, {"iid": 2, "title": "Request 2"}, {"iid": 3, "title": "Request 3"}]';
}
location ^~ /root/ { default_type text/html; return 200 '$request_uri $args $http_cookie'; }
NGINX
sed -i "s/PORT/"{{port}}"/" /etc/gitlab/pages.conf
sed -i "/custom_gitlab_server_config/d" /etc/gitlab/gitlab.rb
echo "nginx['custom_gitlab_server_config'] = File.read('/etc/gitlab/pages.conf')" >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
