# frozen_string_literal: true

require "securerandom"
require_relative "../../lib/storages"

# The Rails application's directories, configuration files, secrets and first
# password. Not a process of its own: Puma and Sidekiq run it.
class GitlabRailsService < Omnibus::Service
  include Omnibus::Storages

  CODE = "/opt/gitlab/embedded/service/gitlab-rails"
  ENV_DIR = "/opt/gitlab/etc/gitlab-rails/env"
  PASSWORD_FILE = "/etc/gitlab/initial_root_password"
  # How long a generated root password stays in its file, in seconds.
  PASSWORD_LIFE = 24 * 60 * 60

  defaults "gitlab_rails", {
    "dir" => "/var/opt/gitlab/gitlab-rails",
    "log_directory" => "/var/log/gitlab/gitlab-rails",
    "backup_path" => "/var/opt/gitlab/backups",
    "uploads_directory" => "/var/opt/gitlab/gitlab-rails/uploads",
    "shared_path" => "/var/opt/gitlab/gitlab-rails/shared",
    "environment" => "production",
    "env" => {},
    "auto_migrate" => true,
    "time_zone" => nil,
    "trusted_proxies" => [],
    "monitoring_whitelist" => %w[127.0.0.0/8 ::1/128],
    "gitlab_email_enabled" => true,
    "gitlab_email_display_name" => "GitLab",
    "gitlab_default_theme" => 2,
    "gitlab_default_color_mode" => nil,
    "gitlab_default_can_create_group" => nil,
    "gitlab_username_changing_enabled" => nil,
    "gitlab_signup_enabled" => nil,
    "gitlab_ssh_host" => nil,
    "gitlab_shell_ssh_port" => nil,
    "gitaly_token" => nil,
    "repositories_storages" => nil,
    "internal_api_url" => nil,
    "webhook_timeout" => nil,
    "max_request_duration_seconds" => nil,
    "db_adapter" => "postgresql",
    "db_encoding" => "unicode",
    "db_database" => "gitlabhq_production",
    "db_username" => "gitlab",
    "db_password" => nil,
    "db_host" => nil,
    "db_port" => nil,
    "db_pool" => nil,
    "db_sslmode" => nil,
    "db_prepared_statements" => false,
    "db_connect_timeout" => nil,
    "db_statements_limit" => 1000,
    "redis_host" => nil,
    "redis_port" => nil,
    "redis_password" => nil,
    "redis_socket" => nil,
    "redis_database" => nil,
    "redis_ssl" => false,
    "smtp_enable" => false,
    "initial_root_password" => nil,
    "store_initial_root_password" => nil
  }

  defaults "user", { "username" => "git", "group" => "git", "home" => "/var/opt/gitlab" }

  # What the application keeps in secrets.yml, and how each is made.
  SECRETS = {
    "secret_key_base" => :hex,
    "db_key_base" => :hex,
    "otp_key_base" => :hex,
    "encrypted_settings_key_base" => :hex,
    "openid_connect_signing_key" => :rsa,
    "active_record_encryption_primary_key" => :keys,
    "active_record_encryption_deterministic_key" => :keys,
    "active_record_encryption_key_derivation_salt" => :salt
  }.freeze

  # Configuration files under etc/, with what makes them worth hiding in a log.
  FILES = { "gitlab.yml" => false, "database.yml" => true, "secrets.yml" => true,
            "resque.yml" => true, "cable.yml" => true }.freeze

  # What only these accounts may change; everything else is root's.
  GIT = { owner: "git", group: "git" }.freeze

  def validate
    password = root_password
    return if password.nil? || password.length >= 8

    raise Omnibus::Abort, "initial_root_password: Length is too short, minimum is 8 characters"
  end

  def prepare_secrets
    @secrets_yml = SECRETS.to_h { |key, kind| [key, secrets.fetch("gitlab_rails", key, kind)] }
    @shell_secret = secrets.fetch("gitlab_shell", "secret_token", :hex)
    @workhorse_secret = secrets.fetch("gitlab_workhorse", "secret_token", :base64)
  end

  def configure
    @first_time = !File.exist?(Omnibus::Reconfigure::BOOTSTRAPPED)
    directories
    configuration_files
    shared_secrets
    restart_application if environment(ENV_DIR, variables)
    template("gitlab-rails-rc.erb", "/opt/gitlab/etc/gitlab-rails-rc")
    @resources.file("#{config['dir']}/VERSION", File.read("#{CODE}/VERSION"), kind: "file")
    forget_old_password
  end

  def after_start
    return unless node["postgresql"]["enable"]

    set_root_password if @first_time
    migrate if config["auto_migrate"] && !File.exist?(migrated_marker)
    @resources.file(migrated_marker, "", kind: "file")
  end

  private

  def etc
    "#{config['dir']}/etc"
  end

  def directories
    directory(config["dir"])
    directory(etc)
    directory("#{config['dir']}/sockets", owner: "git", group: "gitlab-www", mode: 0o750)
    directory("#{config['dir']}/upgrade-status", mode: 0o755)
    %w[tmp working].each { |name| directory("#{config['dir']}/#{name}", **GIT, mode: 0o700) }
    directory(config["uploads_directory"], **GIT, mode: 0o700)
    directory(config["shared_path"], owner: "git", group: "gitlab-www", mode: 0o751)
    %w[artifacts cache lfs-objects packages pages registry tmp].each do |name|
      directory("#{config['shared_path']}/#{name}", **GIT, mode: 0o700)
    end
    directory(config["backup_path"], owner: "git", group: "root", mode: 0o700)
    directory(config["log_directory"], owner: "git", group: "root", mode: 0o700)
  end

  def configuration_files
    FILES.each do |name, sensitive|
      changed = template("#{name}.erb", "#{etc}/#{name}", owner: "root", group: "git", mode: 0o640, sensitive: sensitive)
      restart_application if changed
    end
    smtp_settings
  end

  def smtp_settings
    link = "#{CODE}/config/initializers/smtp_settings.rb"
    unless config["smtp_enable"]
      restart_application if @resources.delete(link, kind: "link")
      return
    end
    changed = template("smtp_settings.rb.erb", "#{etc}/smtp_settings.rb", owner: "root", group: "git", mode: 0o640,
                                                                          sensitive: true)
    linked = @resources.link(link, "#{etc}/smtp_settings.rb")
    restart_application if changed || linked
  end

  # Puma without workers cannot reload the application, so both are restarted.
  def restart_application
    changed(:restart, "puma")
    changed(:restart, "sidekiq")
  end

  # Secrets that other programs share with the application, each under a name in its folder.
  def shared_secrets
    { "shell" => @shell_secret, "workhorse" => @workhorse_secret }.each do |name, secret|
      path = "#{etc}/gitlab_#{name}_secret"
      changed = file(path, secret, kind: "file", sensitive: true)
      linked = @resources.link("#{CODE}/.gitlab_#{name}_secret", path)
      next unless changed || linked

      restart_application
      changed(:restart, "gitlab-workhorse") if name == "workhorse"
    end
  end

  def variables
    {
      "HOME" => "/var/opt/gitlab",
      "PATH" => "/opt/gitlab/bin:/opt/gitlab/embedded/bin:/bin:/usr/bin",
      "RAILS_ENV" => config["environment"],
      "LANG" => "C.UTF-8",
      "TZ" => ":/etc/localtime",
      "LD_PRELOAD" => "libjemalloc.so.2",
      "MALLOC_CONF" => "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:1000"
    }.merge(config["env"].transform_values(&:to_s))
  end

  def root_password
    ENV["GITLAB_ROOT_PASSWORD"] || config["initial_root_password"]
  end

  # The hash is made here and not by Rails, which takes seconds to load.
  def set_root_password
    password = root_password
    store_password(password = SecureRandom.base64(32)) unless password
    console = PostgresqlService::Console.new(node["postgresql"])
    raise "PostgreSQL did not answer within 60 seconds." unless console.wait(60)

    console.query("UPDATE users SET encrypted_password = '#{bcrypt(password)}' WHERE username = 'root'",
                  database: config["db_database"])
    @resources.ran("set the password of root", ["update the administrator's password"])
  end

  # The C library hashes with bcrypt itself. The last of the salt's 22 characters carries two bits only.
  def bcrypt(password)
    alphabet = [*"A".."Z", *"a".."z", *"0".."9", ".", "/"]
    salt = Array.new(21) { alphabet.sample(random: SecureRandom) }.join + %w[. O e u].sample(random: SecureRandom)
    password.crypt("$2a$10$#{salt}")
  end

  def store_password(password)
    file(PASSWORD_FILE, <<~TEXT, mode: 0o600, kind: "file", sensitive: true)
      # WARNING: this password only works as long as nobody has changed it, in the
      # application or by giving another one when the database was first made.
      # If it does not work, see `gitlab-rake "gitlab:password:reset[root]"`.

      Password: #{password}

      # NOTE: the first reconfigure after 24 hours removes this file.
    TEXT
  end

  def forget_old_password
    return unless File.exist?(PASSWORD_FILE) && Time.now - File.mtime(PASSWORD_FILE) > PASSWORD_LIFE

    @resources.delete(PASSWORD_FILE)
  end

  def migrated_marker
    "#{config['dir']}/upgrade-status/db-migrate-#{File.read("#{CODE}/REVISION").strip}"
  end

  # A database older than the application: after the image was changed under kept volumes.
  # The seed of a fresh one brings its migrations with it.
  def migrate
    return if @first_time && File.exist?(PostgresqlService::SEED)

    log = "#{config['log_directory']}/gitlab-rails-db-migrate-#{Time.now.strftime('%Y-%m-%d-%H-%M-%S')}.log"
    migrated = system("/opt/gitlab/bin/gitlab-rake", "db:migrate", out: log, err: %i[child out])
    raise "rails_migration[gitlab-rails] failed; see #{log}" unless migrated

    @resources.ran("migrate gitlab-rails database", ["run db:migrate"])
  end

  def ssh_host
    config["gitlab_ssh_host"] || config["gitlab_host"] || node.external_url.host
  end

  def redis_tcp?
    config["redis_host"] || node["redis"]["port"].to_i.positive?
  end

  # The URL in the shape that the Redis clients of the application take.
  def redis_url
    password = config["redis_password"]
    userinfo = password ? ":#{URI.encode_www_form_component(password)}@" : ""
    unless redis_tcp?
      socket = config["redis_socket"] || node["redis"]["unixsocket"]
      return password ? "unix://#{userinfo}#{socket}" : "unix:#{socket}"
    end
    host = config["redis_host"] || node["redis"]["bind"].to_s.split.first
    port = config["redis_port"] || (node["redis"]["port"].to_i.positive? ? node["redis"]["port"] : 6379)
    "#{config['redis_ssl'] ? 'rediss' : 'redis'}://#{userinfo}#{host}:#{port}/#{config['redis_database']}"
  end
end
