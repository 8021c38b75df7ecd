# frozen_string_literal: true

require "open3"

# PostgreSQL on a Unix socket, with the roles and the database of GitLab. The
# cluster comes ready-made with the image, so that the first start only unpacks it.
class PostgresqlService < Omnibus::Service
  SEED = "/opt/gitlab/embedded/seed/postgresql.tar"

  defaults "postgresql", {
    "enable" => true,
    "dir" => "/var/opt/gitlab/postgresql",
    "unix_socket_directory" => "/var/opt/gitlab/postgresql",
    "username" => "gitlab-psql",
    "group" => "gitlab-psql",
    "listen_address" => nil,
    "port" => 5432,
    "ssl" => "on",
    "hostssl" => false,
    "md5_auth_cidr_addresses" => [],
    "trust_auth_cidr_addresses" => [],
    "cert_auth_addresses" => {},
    "custom_pg_hba_entries" => {},
    "max_connections" => 400,
    "superuser_reserved_connections" => 3,
    "max_worker_processes" => 8,
    "max_locks_per_transaction" => 128,
    "shared_buffers" => "256MB",
    "dynamic_shared_memory_type" => nil,
    "wal_level" => "minimal",
    "max_wal_senders" => 0,
    "max_replication_slots" => 0,
    "hot_standby" => "off",
    "archive_mode" => "off",
    "archive_command" => nil,
    "shared_preload_libraries" => nil,
    "track_activity_query_size" => "1024",
    "work_mem" => "16MB",
    "maintenance_work_mem" => "16MB",
    "effective_cache_size" => "256MB",
    "min_wal_size" => "80MB",
    "max_wal_size" => "1GB",
    "wal_buffers" => "-1",
    "wal_keep_size" => nil,
    "checkpoint_timeout" => "5min",
    "checkpoint_completion_target" => 0.9,
    "statement_timeout" => "60000",
    "idle_in_transaction_session_timeout" => "60000",
    "deadlock_timeout" => nil,
    "autovacuum" => "on",
    "autovacuum_max_workers" => "3",
    "autovacuum_naptime" => "1min",
    "log_min_duration_statement" => 1000,
    "log_checkpoints" => "off",
    "log_connections" => nil,
    "log_disconnections" => nil,
    "log_statement" => nil,
    "log_line_prefix" => "",
    "log_timezone" => nil,
    "timezone" => nil,
    "random_page_cost" => 2.0,
    "synchronous_commit" => "on",
    "default_statistics_target" => 1000
  }

  # What a running server takes over at a reload; the rest is read at its start.
  RUNTIME = %w[
    work_mem maintenance_work_mem effective_cache_size min_wal_size max_wal_size wal_keep_size
    checkpoint_timeout checkpoint_completion_target statement_timeout
    idle_in_transaction_session_timeout deadlock_timeout autovacuum autovacuum_naptime
    archive_command log_min_duration_statement log_checkpoints log_connections
    log_disconnections log_statement log_line_prefix log_timezone timezone random_page_cost
    synchronous_commit default_statistics_target
  ].freeze

  STARTUP = %w[
    port max_connections superuser_reserved_connections max_worker_processes
    max_locks_per_transaction shared_buffers dynamic_shared_memory_type wal_level
    max_wal_senders max_replication_slots hot_standby archive_mode shared_preload_libraries
    track_activity_query_size wal_buffers autovacuum_max_workers ssl
  ].freeze

  # PostgreSQL on this box's own socket: what psql, the wrappers and reconfigure talk to.
  Console = Struct.new(:config) do
    def query(sql, database: "postgres")
      out, err, status = Open3.capture3("chpst", "-u", config["username"], "/opt/gitlab/embedded/bin/psql",
                                        "-h", config["unix_socket_directory"], "-p", config["port"].to_s,
                                        "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-", stdin_data: sql)
      raise "psql failed: #{err}" unless status.success?

      out.chomp
    end

    def ready?
      query("SELECT 1") == "1"
    rescue RuntimeError
      false
    end

    # Waits for a server that has been started but may still be recovering.
    def wait(seconds)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
      until ready?
        return false if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

        sleep 0.02
      end
      true
    end
  end

  def prepare_secrets
    @certificate, @key = secrets.certificate("postgresql", "localhost")
  end

  def data
    config["data_dir"] || "#{config['dir']}/data"
  end

  def configure
    owner = { owner: config["username"], group: config["group"] }
    directory(config["dir"], **owner, mode: 0o755)
    directory(log_directory, **owner, mode: 0o700)
    unpack_seed
    directory(data, **owner, mode: 0o700)
    file("#{data}/server.crt", @certificate, **owner, mode: 0o400, kind: "file", sensitive: true)
    file("#{data}/server.key", @key, **owner, mode: 0o400, kind: "file", sensitive: true)
    %w[postgresql.conf runtime.conf pg_hba.conf pg_ident.conf].each do |name|
      # A reload only: cutting every connection off is left to a person.
      template("#{name}.erb", "#{data}/#{name}", **owner, notify: :hup)
    end
    template("gitlab-psql-rc.erb", "/opt/gitlab/etc/gitlab-psql-rc")
  end

  def after_start
    set_password("gitlab", config["sql_user_password"])
    set_password(config["sql_replication_user"] || "gitlab_replicator", config["sql_replication_password"])
  end

  private

  # Unpacked beside its place and renamed, so that half a cluster is never taken for one.
  def unpack_seed
    return if File.exist?("#{data}/PG_VERSION") || !File.exist?(SEED)

    beside = "#{config['dir']}/data.unpacking"
    FileUtils.rm_rf(beside)
    FileUtils.mkdir_p(beside)
    system("tar", "-xf", SEED, "-C", beside, exception: true)
    File.rename(beside, data)
    @resources.ran("create PostgreSQL database cluster", ["initialise #{data}"])
  end

  # Passwords come as md5 hashes (`gitlab-ctl pg-password-md5`), without or with their prefix.
  def set_password(role, hash)
    return unless hash

    hash = "md5#{hash.delete_prefix('md5')}" unless hash.start_with?("SCRAM-")
    console = Console.new(config)
    return unless console.wait(30)
    return if console.query("SELECT rolpassword FROM pg_authid WHERE rolname = '#{role}'") == hash

    console.query("ALTER ROLE \"#{role}\" PASSWORD '#{hash.gsub("'", "''")}'")
    @resources.ran("set password of #{role}", ["alter role #{role}"])
  end

  # `name = value` as postgresql.conf wants it; an unset value is left out.
  def parameter(name)
    value = config[name]
    return if value.nil?

    value = "'#{value.gsub("'", "''")}'" if value.is_a?(String) && value !~ /\A[\w.-]+\z/
    "#{name} = #{value}\n"
  end

  def parameters(names)
    names.filter_map { |name| parameter(name) }.join
  end
end
