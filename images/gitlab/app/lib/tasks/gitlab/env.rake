# frozen_string_literal: true

namespace :gitlab do
  namespace :env do
    desc 'GitLab | Env | Show information about GitLab and its environment'
    task info: :environment do
      Gitlab::EnvInfo.blocks.each do |title, fields|
        puts '', title
        fields.each { |name, value| puts "#{"#{name}:".ljust(16)}#{value}" }
      end
    end
  end

  desc 'GitLab | Check that a TCP connection can be made'
  task :tcp_check, %i[host port] => :environment do |_task, args|
    abort 'Please provide a host and a port: gitlab:tcp_check[example.com,80]' unless args.host && args.port
    begin
      Socket.tcp(args.host, args.port, connect_timeout: 5, &:close)
      puts "TCP connection from #{Socket.gethostname} to #{args.host}:#{args.port} succeeded"
    rescue SystemCallError, SocketError => e
      puts "TCP connection to #{args.host}:#{args.port} failed: #{e.message}"
      exit 1
    end
  end
end
