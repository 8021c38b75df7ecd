# frozen_string_literal: true

# Rotates the log files that no svlogd looks after. There is no cron in the box:
# the service is a loop around logrotate.
class LogrotateService < Omnibus::Service
  # Which files belong to which service, and who owns new ones.
  ROTATED = {
    "gitlab-rails" => "/var/log/gitlab/gitlab-rails/*.log",
    "nginx" => "/var/log/gitlab/nginx/*.log",
    "puma" => "/var/log/gitlab/puma/*.log",
    "gitlab-workhorse" => "/var/log/gitlab/gitlab-workhorse/*.log",
    "gitlab-shell" => "/var/log/gitlab/gitlab-shell/*.log",
    "gitaly" => "/var/log/gitlab/gitaly/*.log"
  }.freeze

  defaults "logrotate", {
    "enable" => true,
    "dir" => "/var/opt/gitlab/logrotate",
    "pre_sleep" => 600,
    "post_sleep" => 3000
  }

  # Shared by svlogd and logrotate; each service may override them.
  defaults "logging", {
    "svlogd_size" => 200 * 1024 * 1024,
    "svlogd_num" => 30,
    "svlogd_timeout" => 24 * 60 * 60,
    "svlogd_filter" => "gzip",
    "logrotate_frequency" => "daily",
    "logrotate_size" => nil,
    "logrotate_rotate" => 30,
    "logrotate_compress" => "compress",
    "logrotate_method" => "copytruncate",
    "logrotate_dateformat" => nil
  }

  def configure
    directory(config["dir"], mode: 0o700)
    directory("#{config['dir']}/logrotate.d", mode: 0o700)
    directory(log_directory, mode: 0o700)
    template("logrotate.conf.erb", "#{config['dir']}/logrotate.conf", mode: 0o644)
    ROTATED.each do |service, files|
      @service = service
      @files = files
      template("rotated.erb", "#{config['dir']}/logrotate.d/#{service}", mode: 0o644)
    end
  end

  private

  def rotation(key)
    node[@service.tr("-", "_")].fetch("logrotate_#{key}") { node["logging"]["logrotate_#{key}"] }
  end
end
