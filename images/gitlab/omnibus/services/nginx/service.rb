# frozen_string_literal: true

require_relative "../../lib/internal_api"

# nginx in front of Workhorse.
class NginxService < Omnibus::Service
  include Omnibus::InternalApi

  defaults "nginx", {
    "enable" => true,
    "dir" => "/var/opt/gitlab/nginx",
    "log_directory" => "/var/log/gitlab/nginx",
    "error_log_level" => "error",
    "worker_processes" => "auto",
    "worker_connections" => 10_240,
    "listen_addresses" => ["*"],
    "listen_port" => nil,
    "listen_https" => nil,
    "redirect_http_to_https" => false,
    "redirect_http_to_https_port" => 80,
    "ssl_certificate" => nil,
    "ssl_certificate_key" => nil,
    "ssl_protocols" => "TLSv1.2 TLSv1.3",
    "ssl_ciphers" => "HIGH:!aNULL:!MD5",
    "ssl_prefer_server_ciphers" => "off",
    "ssl_session_cache" => "shared:SSL:10m",
    "ssl_session_timeout" => "1d",
    "ssl_client_certificate" => nil,
    "ssl_verify_client" => nil,
    "ssl_verify_depth" => "1",
    "hsts_max_age" => 63_072_000,
    "hsts_include_subdomains" => false,
    "referrer_policy" => "strict-origin-when-cross-origin",
    "client_max_body_size" => 0,
    "keepalive_timeout" => 65,
    "keepalive_time" => "1h",
    "sendfile" => "on",
    "gzip_enabled" => true,
    "server_names_hash_bucket_size" => 64,
    "proxy_read_timeout" => 3600,
    "proxy_connect_timeout" => 300,
    "proxy_set_headers" => {},
    "proxy_custom_buffer_size" => nil,
    "real_ip_trusted_addresses" => [],
    "real_ip_header" => nil,
    "real_ip_recursive" => nil,
    "custom_gitlab_server_config" => nil,
    "custom_nginx_config" => nil,
    "log_format" => '$remote_addr - $remote_user [$time_local] "$request_method $filtered_request_uri ' \
                    '$server_protocol" $status $body_bytes_sent "$filtered_http_referer" ' \
                    '"$http_user_agent" $gzip_ratio',
    "status" => {}
  }

  defaults "letsencrypt", { "enable" => nil }

  STATUS = {
    "enable" => true, "listen_addresses" => ["*"], "fqdn" => "localhost", "port" => 8060,
    "options" => { "server_tokens" => "off", "access_log" => "off",
                   "allow" => "127.0.0.1", "deny" => "all" }
  }.freeze

  # The paths for monitoring, and the form in which they tell of errors.
  HEALTH_PATHS = { "/-/health" => "text", "/-/readiness" => "json", "/-/liveness" => "json" }.freeze
  HEALTH_ERRORS = [404, 500, 502].freeze

  # What nginx passes requests on to: the upstream's name, and where it listens.
  UPSTREAM = "gitlab-workhorse"

  def configure
    directories
    template("nginx.conf.erb", "#{conf}/nginx.conf", notify: :restart)
    template("nginx-status.conf.erb", "#{conf}/nginx-status.conf", notify: :restart)
    template("upstream.conf.erb", "#{conf}/upstream_definitions/#{UPSTREAM}.conf", notify: :restart)
    template("gitlab-rails.conf.erb", "#{conf}/service_conf/gitlab-rails.conf", notify: :restart)
    template("gitlab-health.partial.erb", "#{conf}/service_conf/gitlab-health.partial", notify: :restart)
    template("gitlab-healthcheck-rc.erb", "/opt/gitlab/etc/gitlab-healthcheck-rc")
    obtain_certificate if https? && letsencrypt?
  end

  private

  def conf
    "#{config['dir']}/conf"
  end

  def directories
    [config["dir"], conf, "#{conf}/service_conf", "#{conf}/upstream_definitions", log_directory].each do |path|
      directory(path, owner: "root", group: "gitlab-www", mode: 0o750)
    end
    return unless https?

    directory("/etc/gitlab/ssl")
  end

  def https?
    config["listen_https"].nil? ? node.external_url.https? : config["listen_https"]
  end

  def port
    config["listen_port"] || node.external_url.port
  end

  def certificate
    config["ssl_certificate"] || "/etc/gitlab/ssl/#{node.external_url.host}.crt"
  end

  def certificate_key
    config["ssl_certificate_key"] || "/etc/gitlab/ssl/#{node.external_url.host}.key"
  end

  # Unless gitlab.rb decides, an https address without certificates asks Let's Encrypt for one.
  def letsencrypt?
    setting = node["letsencrypt"]["enable"]
    setting.nil? ? !File.exist?(certificate) && !config["ssl_certificate"] : setting
  end

  # A box reaches no certificate authority: the request fails as it does behind a firewall.
  def obtain_certificate
    return if File.exist?(certificate)

    host = node.external_url.host
    raise Omnibus::Abort, "letsencrypt_certificate[#{host}] (letsencrypt::http_authorization line 6) had an error: " \
                          "RuntimeError: acme_certificate[staging] (letsencrypt::http_authorization line 43) had an " \
                          "error: RuntimeError: [#{host}] Validation failed, unable to request certificate"
  end

  def proxy_headers
    defaults = {
      "Host" => "$http_host_with_default",
      "X-Real-IP" => "$remote_addr",
      "X-Forwarded-For" => "$proxy_add_x_forwarded_for",
      "X-Forwarded-Proto" => node.external_url.scheme,
      "Upgrade" => "$http_upgrade",
      "Connection" => "$connection_upgrade"
    }
    defaults["X-Forwarded-Ssl"] = "on" if node.external_url.https?
    # A header set to nil in gitlab.rb is left out.
    defaults.merge(config["proxy_set_headers"]).compact
  end

  def status
    STATUS.merge(config["status"])
  end

  def addresses
    Array(config["listen_addresses"])
  end

  # The page for each status that nginx itself gives.
  def error_pages
    %w[404 422 500 502].to_h { |code| [code, "/#{code}.html"] }
  end
end
