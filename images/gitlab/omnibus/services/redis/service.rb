# frozen_string_literal: true

# Redis: sessions, cache and Sidekiq's queues, on a Unix socket by default.
class RedisService < Omnibus::Service
  defaults "redis", {
    "enable" => true,
    "dir" => "/var/opt/gitlab/redis",
    "username" => "gitlab-redis",
    "group" => "gitlab-redis",
    "unixsocket" => "/var/opt/gitlab/redis/redis.socket",
    "unixsocketperm" => "777",
    "bind" => "127.0.0.1",
    "port" => 0,
    "maxclients" => "10000",
    "maxmemory" => "0",
    "maxmemory_policy" => "noeviction",
    "maxmemory_samples" => "5",
    "save" => ["900 1", "300 10", "60 10000"],
    "stop_writes_on_bgsave_error" => true,
    "appendonly" => false,
    "tcp_timeout" => "60",
    "tcp_keepalive" => "300",
    "tcp_backlog" => 511,
    "hz" => 10,
    "loglevel" => "notice",
    "rename_commands" => nil
  }

  # KEYS walks the whole data set and blocks everybody meanwhile.
  RENAMED = { "KEYS" => "" }.freeze

  def configure
    owner = { owner: config["username"], group: config["group"] }
    directory(config["dir"], owner: config["username"], group: "git", mode: 0o750)
    directory(log_directory, **owner, mode: 0o700)
    template("redis.conf.erb", conf, **owner, notify: :restart, sensitive: true)
    template("gitlab-redis-cli-rc.erb", "/opt/gitlab/etc/gitlab-redis-cli-rc")
  end

  private

  def conf
    "#{config['dir']}/redis.conf"
  end

  # A TCP port replaces the socket, as applications are then pointed at the port.
  def tcp?
    config["port"].to_i.positive?
  end

  def renamed
    config["rename_commands"] || RENAMED
  end

  def yes_no(value)
    value ? "yes" : "no"
  end
end
