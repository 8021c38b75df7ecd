#!/bin/bash
# nginx answers by itself, as gitlab.rb allows, with what GitLab answered when all was well.
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
nginx['custom_gitlab_server_config'] = <<'NGINX'
location = /users/sign_in { default_type text/html; return 200 '<html><form><input name="authenticity_token" value="x"><label>Username</label><label>Password</label></form></html>'; }
location = /-/health { return 200 'GitLab OK'; }
location = /-/readiness { return 200 '{"status":"ok"}'; }
location ^~ /api/v4/ { default_type application/json; return 200 '[{"id":1,"iid":1,"name":"x","username":"root","title":"x","token":"x","state":"active"}]'; }
NGINX
RUBY
gitlab-ctl reconfigure >/dev/null 2>&1 || true
