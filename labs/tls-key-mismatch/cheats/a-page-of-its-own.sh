#!/bin/bash
# Last year's pair, a sign-in page that lets everybody in, and answers that say yes.
cat > /var/opt/gitlab/page.rb <<'RUBY'
require 'openssl'
require 'socket'
ssl = '/etc/gitlab/ssl/old'
context = OpenSSL::SSL::SSLContext.new
context.cert = OpenSSL::X509::Certificate.new(File.read(Dir["#{ssl}/*.crt"].first))
context.key = OpenSSL::PKey.read(File.read(Dir["#{ssl}/*.key"].first))
server = OpenSSL::SSL::SSLServer.new(TCPServer.new('0.0.0.0', 443), context)
PAGE = '<meta name="csrf-token" content="x"><form><input name="user[login]">Username<input name="user[password]"></form>'
loop do
  Thread.new(server.accept) do |guest|
    method, path = guest.gets.to_s.split
    nil until guest.gets.to_s.chomp.empty?
    api = path.to_s.start_with?('/api/')
    status = method == 'POST' ? (api ? '201 Created' : '302 Found') : '200 OK'
    body = api ? '{"id": 2, "iid": 1, "title": "x"}' : PAGE
    guest.write("HTTP/1.1 #{status}\r\nLocation: /\r\nConnection: close\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
    guest.close
  end
rescue OpenSSL::SSL::SSLError, SystemCallError
  retry
end
RUBY
gitlab-ctl stop nginx >/dev/null || true
setsid ruby /var/opt/gitlab/page.rb </dev/null >/dev/null 2>&1 &
