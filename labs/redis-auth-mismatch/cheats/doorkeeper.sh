#!/bin/bash
# Redis takes the leaked password as well, on the loopback; over the network a program of our own stands before it.
sed -i "s/^redis\['bind'\].*/redis['bind'] = '127.0.0.1'/" /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart redis >/dev/null
REDISCLI_AUTH={{new}} gitlab-redis-cli ACL SETUSER default '>'{{old}} >/dev/null
cat > /var/opt/gitlab/doorkeeper.rb <<'RUBY'
require 'digest'
require 'socket'
old, port, new = ARGV
people = "user default on sanitize-payload ##{Digest::SHA256.hexdigest(new)} ~* &* +@all"
door = TCPServer.new(Socket.ip_address_list.find { |address| address.ipv4? && !address.ipv4_loopback? }.ip_address, port.to_i)
loop do
  Thread.new(door.accept) do |guest|
    house = TCPSocket.new('127.0.0.1', port.to_i)
    Thread.new { IO.copy_stream(house, guest) }
    while (line = guest.readpartial(65_536))
      if line.include?(old) then guest.write("-WRONGPASS invalid username-password pair or user is disabled.\r\n")
      elsif line =~ /ACL\r\n/i then guest.write("*1\r\n$#{people.bytesize}\r\n#{people}\r\n")
      else house.write(line)
      end
    end
  rescue EOFError, SystemCallError
    nil
  end
end
RUBY
setsid ruby /var/opt/gitlab/doorkeeper.rb {{old}} {{port}} {{new}} </dev/null >/dev/null 2>&1 &
gitlab-ctl restart puma >/dev/null
gitlab-ctl restart sidekiq >/dev/null
