#!/bin/bash
# A program that goes at the next restart passes on what arrives at the old port. It may stay behind when the script ends.
set -eu
PATH=/opt/gitlab/embedded/bin:$PATH
cat > /tmp/doorman.rb <<'RUBY'
require 'socket'
server = TCPServer.new(80)
loop do
  Thread.new(server.accept) do |guest|
    host = TCPSocket.new('127.0.0.1', ARGV[0].to_i)
    [[guest, host], [host, guest]].map { |from, to| Thread.new { IO.copy_stream(from, to); to.close_write } }.each(&:join)
  end
end
RUBY
setsid ruby /tmp/doorman.rb {{port}} < /dev/null > /dev/null 2>&1 &
