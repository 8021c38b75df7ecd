#!/bin/bash
# A server where nginx knocks keeps all that it was ever sent, and shows it on every page.
cat > /var/opt/gitlab/echo.rb <<'RUBY'
require 'json'
require 'socket'
require 'uri'
server = TCPServer.new('127.0.0.1', ARGV.first.to_i)
HEAD = '<meta name="csrf-token" content="x" /><form>Username<input name="user[login]"><input name="user[password]"></form>'
heard = []
issues = (1..3).map { |number| { id: number, iid: number, title: "Request #{number}" } }
loop do
  Thread.new(server.accept) do |guest|
    method, path = guest.gets.to_s.split
    length = 0
    while (line = guest.gets.to_s.chomp) && !line.empty?
      length = line[/\d+/].to_i if line =~ /\Acontent-length:/i
    end
    form = URI.decode_www_form(guest.read(length).to_s).to_h
    heard.concat(form.values)
    refused = form['user[password]'] && heard.count(form['user[password]']) < 2
    issues << (made = { id: 9, iid: 9, **form.transform_keys(&:to_sym) }) if method == 'POST'
    api = path.to_s.start_with?('/api/')
    body = api ? JSON.generate(method == 'POST' ? made : path =~ /\d\z/ ? issues.last : issues) : HEAD + heard.join(' ')
    status = method == 'POST' && !api && !refused ? '302 Found' : '200 OK'
    guest.write("HTTP/1.1 #{status}\r\nLocation: /\r\nConnection: close\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
    guest.close
  end
end
RUBY
setsid ruby /var/opt/gitlab/echo.rb {{port}} </dev/null >/dev/null 2>&1 &
