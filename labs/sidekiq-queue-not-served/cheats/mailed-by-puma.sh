#!/bin/bash
# No queue at all: the application that answers pages is made to note each mail itself.
cat > /var/opt/gitlab/at_once.rb <<'RUBY'
TracePoint.new(:end) do |point|
  next unless point.self.is_a?(Module) && point.self.name == 'User'

  point.disable
  User.class_eval { def send_welcome = Notify.new_user_email(id).deliver_now }
end.enable
RUBY
chmod 644 /var/opt/gitlab/at_once.rb
printf "gitlab_rails['env'] = { 'RUBYOPT' => '-r/var/opt/gitlab/at_once.rb' }\n" >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-redis-cli DEL queue:mailers >/dev/null
