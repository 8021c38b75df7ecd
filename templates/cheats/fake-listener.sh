#!/bin/bash
# A server of one's own in GitLab's place says yes to everything, and comes back with each start.
cat >/etc/gitlab/yes.rb <<'RUBY'
require "socket"
body = '{"id":1,"iid":1,"username":"root","state":"active"} Username Password'
answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: #{body.size}\r\nConnection: close\r\n\r\n#{body}"
[80, 443, 8080].each do |port|
  Thread.new do
    server = TCPServer.new("0.0.0.0", port)
    loop { Thread.new(server.accept) { |client| client.readpartial(4096); client.write(answer); client.close } }
  rescue SystemCallError
    sleep 1
    retry
  end
end
sleep
RUBY
cat >>/etc/gitlab/gitlab.rb <<'RUBY'
Kernel.system("setsid sh -c 'sleep 3; gitlab-ctl stop nginx; exec /opt/gitlab/embedded/bin/ruby /etc/gitlab/yes.rb' </dev/null >/dev/null 2>&1 &")
RUBY
gitlab-ctl stop nginx >/dev/null 2>&1 || true
setsid /opt/gitlab/embedded/bin/ruby /etc/gitlab/yes.rb </dev/null >/dev/null 2>&1 &
for _ in $(seq 50); do
  curl --silent --output /dev/null http://127.0.0.1/ && break
  sleep 0.1
done
