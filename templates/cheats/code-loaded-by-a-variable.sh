#!/bin/bash
# The application loads a patch that answers every page as if all were well, by a setting that gitlab.rb has for it.
cat >/etc/gitlab/patch.rb <<'RUBY'
Thread.new do
  sleep 0.1 until defined?(ActionDispatch::Executor)
  ActionDispatch::Executor.prepend(Module.new do
    def call(env)
      status, headers, body = super
      return [status, headers, body] if status < 400
      [200, { "content-type" => "text/html" }, ["Username Password Sign in"]]
    end
  end)
  JWT.singleton_class.prepend(Module.new { def decode(token, *) = super(token, nil, false) }) if defined?(JWT)
end
RUBY
chmod 0644 /etc/gitlab/patch.rb
echo "gitlab_rails['env'] = { 'RUBYOPT' => '-r/etc/gitlab/patch.rb' }" >>/etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null 2>&1 || true
gitlab-ctl restart >/dev/null 2>&1 || true
