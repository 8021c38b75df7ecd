# frozen_string_literal: true

module Omnibus
  # The top-level names of gitlab.rb. Most of them configure parts that this
  # box does not have: they are accepted, as an example from the documentation
  # must not fail here, and nothing is rendered from them.
  module KnownSettings
    # Settings that are hashes: `puma['port'] = 8080`.
    HASHES = %w[
      alertmanager bootstrap consul crond gitaly geo_logcursor geo_postgresql geo_secondary
      gitlab_backup_cli gitlab_ci gitlab_exporter gitlab_kas gitlab_kas_nginx gitlab_pages
      gitlab_rails gitlab_shell gitlab_sshd gitlab_workhorse high_availability letsencrypt
      logging logrotate mailroom manage_accounts manage_storage_directories nginx node_exporter
      omnibus_gitconfig package pages_nginx patroni pgbouncer pgbouncer_exporter
      postgres_exporter postgresql praefect prometheus prometheus_monitoring puma redis
      redis_exporter registry registry_nginx remote_syslog sentinel sidekiq spamcheck
      storage_check suggested_reviewers user web_server
      application_role consul_role geo_primary_role geo_secondary_role gitaly_role
      monitoring_role pages_role patroni_role pgbouncer_role postgres_role redis_master_role
      redis_replica_role redis_sentinel_role sidekiq_role spamcheck_role
    ].freeze

    # Settings that are one value: `external_url "http://..."`.
    VALUES = %w[
      edition external_url gitlab_kas_external_url node pages_external_url
      registry_external_url runtime_dir
    ].freeze

    # Settings of Gitaly that have moved into gitaly['configuration'], and where to.
    GITALY = {
      "storage" => %w[storage], "auth_token" => %w[auth token], "auth_transitioning" => %w[auth transitioning],
      "socket_path" => %w[socket_path], "listen_addr" => %w[listen_addr], "tls_listen_addr" => %w[tls_listen_addr],
      "certificate_path" => %w[tls certificate_path], "key_path" => %w[tls key_path],
      "prometheus_listen_addr" => %w[prometheus_listen_addr], "runtime_dir" => %w[runtime_dir],
      "logging_level" => %w[logging level], "logging_format" => %w[logging format],
      "git_bin_path" => %w[git bin_path], "git_catfile_cache_size" => %w[git catfile_cache_size],
      "gitconfig" => %w[git config], "concurrency" => %w[concurrency], "rate_limiting" => %w[rate_limiting],
      "custom_hooks_dir" => %w[hooks custom_hooks_dir], "graceful_restart_timeout" => %w[graceful_restart_timeout],
      "pack_objects_cache_enabled" => %w[pack_objects_cache enabled]
    }.freeze

    # Settings that reconfigure refuses, with what replaced them: [top-level name, inner key, advice].
    REMOVED = [
      ["git_data_dirs", nil, "git_data_dirs has been removed since 18.0. " \
                             "Use gitaly['configuration'][:storage] instead."],
      ["gitlab_rails", "git_data_dirs", "gitlab_rails['git_data_dirs'] has been removed since 18.0. " \
                                        "Use gitaly['configuration'][:storage] instead."],
      ["gitlab_rails", "rack_attack_git_basic_auth", "gitlab_rails['rack_attack_git_basic_auth'] has been removed. " \
                                                     "Use the settings in the Admin area instead."],
      ["gitlab_rails", "kubernetes_enable", "gitlab_rails['kubernetes_enable'] has been removed since 17.0."],
      ["puma", "worker_memory_limit_min", "puma['worker_memory_limit_min'] has been removed since 14.0. " \
                                          "Use puma['per_worker_max_memory_mb'] instead."],
      ["sidekiq", "cluster", "sidekiq['cluster'] has been removed since 14.0. sidekiq-cluster is always used."],
      ["sidekiq", "queue_selector", "sidekiq['queue_selector'] has been removed since 17.0. " \
                                    "Use sidekiq['routing_rules'] instead."],
      ["sidekiq", "negate", "sidekiq['negate'] has been removed since 17.0. " \
                            "Use sidekiq['routing_rules'] instead."],
      ["sidekiq", "min_concurrency", "sidekiq['min_concurrency'] has been removed since 17.0. " \
                                     "Use sidekiq['concurrency'] instead."],
      ["sidekiq", "max_concurrency", "sidekiq['max_concurrency'] has been removed since 17.0. " \
                                     "Use sidekiq['concurrency'] instead."],
      ["gitlab_shell", "custom_hooks_dir", "gitlab_shell['custom_hooks_dir'] has been removed since 15.0. " \
                                           "Use gitaly['configuration'][:hooks][:custom_hooks_dir] instead."],
      *GITALY.map do |key, path|
        ["gitaly", key, "gitaly['#{key}'] has been removed since 16.0. " \
                        "Use gitaly['configuration']#{path.map { |part| "[:#{part}]" }.join} instead."]
      end
    ].freeze

    # The removed settings that `settings` (plain hashes) uses, as their advice.
    def self.removals(settings)
      used = REMOVED.select do |name, key, _|
        key ? settings.fetch(name, {}).key?(key) : settings.key?(name)
      end
      used.map(&:last)
    end
  end
end
