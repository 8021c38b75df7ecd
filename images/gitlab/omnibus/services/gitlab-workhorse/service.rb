# frozen_string_literal: true

require_relative "../../lib/internal_api"
require_relative "../../lib/toml"

# Workhorse, between nginx and Puma: it serves Git over HTTP from Gitaly, and
# passes everything else on.
class GitlabWorkhorseService < Omnibus::Service
  include Omnibus::InternalApi

  defaults "gitlab_workhorse", {
    "enable" => true,
    "dir" => "/var/opt/gitlab/gitlab-workhorse",
    "env_directory" => "/opt/gitlab/etc/gitlab-workhorse/env",
    "env" => {
      "HOME" => "/var/opt/gitlab",
      "PATH" => "/opt/gitlab/bin:/opt/gitlab/embedded/bin:/bin:/usr/bin",
      "SSL_CERT_DIR" => "/opt/gitlab/embedded/ssl/certs/",
      # A small box: collecting garbage early costs less than the memory.
      "GOGC" => "40",
      "GOMEMLIMIT" => "64MiB"
    },
    "log_directory" => "/var/log/gitlab/gitlab-workhorse",
    "log_format" => "json",
    "listen_network" => "unix",
    "listen_umask" => 0,
    "listen_addr" => nil,
    "sockets_directory" => nil,
    "auth_backend" => nil,
    "auth_socket" => nil,
    "document_root" => "/opt/gitlab/embedded/service/gitlab-rails/public",
    "secret_path" => "/opt/gitlab/embedded/service/gitlab-rails/.gitlab_workhorse_secret",
    "shutdown_timeout" => nil,
    "trusted_cidrs_for_propagation" => nil,
    "trusted_cidrs_for_x_forwarded_for" => nil
  }

  # Settings that reach the command line only where gitlab.rb has them.
  FLAGS = {
    "proxy_headers_timeout" => "proxyHeadersTimeout",
    "api_limit" => "apiLimit",
    "api_queue_limit" => "apiQueueLimit",
    "api_queue_duration" => "apiQueueDuration",
    "api_ci_long_polling_duration" => "apiCiLongPollingDuration",
    "pprof_listen_addr" => "pprofListenAddr",
    "prometheus_listen_addr" => "prometheusListenAddr"
  }.freeze

  def prepare_secrets
    secrets.fetch("gitlab_workhorse", "secret_token", :base64)
  end

  def configure
    directory(config["dir"], owner: "git", group: "gitlab-www", mode: 0o750)
    # Umask 0: this directory says who may connect.
    directory(File.dirname(workhorse_address), owner: "git", group: "gitlab-www", mode: 0o750) if workhorse_socket?
    directory(log_directory, owner: "git", group: "root", mode: 0o700)
    changed(:restart) if environment(config["env_directory"], config["env"])
    template("config.toml.erb", conf, owner: "root", group: "git", mode: 0o640, notify: :restart, sensitive: true)
    # With nginx, it is nginx that the health check asks.
    template("gitlab-healthcheck-rc.erb", "/opt/gitlab/etc/gitlab-healthcheck-rc") unless node["nginx"]["enable"]
  end

  private

  def conf
    "#{config['dir']}/config.toml"
  end

  # Puma's socket, unless auth_backend leads elsewhere: without it the Linux package does not heed auth_socket either.
  def auth_socket
    config["auth_backend"] ? config["auth_socket"] : node["puma"]["socket"]
  end

  def auth_backend
    backend = config["auth_backend"] || "http://localhost:#{node['puma']['port'].to_i.nonzero? || 8080}"
    "#{backend}#{node.external_url.path}"
  end

  def flags
    FLAGS.filter_map { |key, flag| "-#{flag} #{config[key]}" unless [nil, "", "''"].include?(config[key]) }
  end

  def settings
    { "shutdown_timeout" => config["shutdown_timeout"],
      "trusted_cidrs_for_propagation" => config["trusted_cidrs_for_propagation"],
      "trusted_cidrs_for_x_forwarded_for" => config["trusted_cidrs_for_x_forwarded_for"] }
  end
end
