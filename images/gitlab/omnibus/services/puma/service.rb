# frozen_string_literal: true

# Puma, the web server that runs the Rails application.
class PumaService < Omnibus::Service
  defaults "puma", {
    "enable" => true,
    "listen" => "127.0.0.1",
    "port" => 8080,
    "socket" => "/var/opt/gitlab/gitlab-rails/sockets/gitlab.socket",
    "pidfile" => "/opt/gitlab/var/puma/puma.pid",
    "state_path" => "/opt/gitlab/var/puma/puma.state",
    "worker_processes" => 2,
    "worker_timeout" => 60,
    "min_threads" => 4,
    "max_threads" => 4,
    "per_worker_max_memory_mb" => nil,
    "log_directory" => "/var/log/gitlab/puma"
  }

  def configure
    directory(log_directory, owner: "git", group: "root", mode: 0o700)
    directory("/opt/gitlab/var/puma", owner: "git", mode: 0o700)
    template("puma.rb.erb", conf, notify: :restart)
  end

  private

  def conf
    "/var/opt/gitlab/gitlab-rails/etc/puma.rb"
  end
end
