# frozen_string_literal: true

require_relative 'boot'

# Only these railties: a box has to fit in 200 MiB.
require 'rails'
require 'active_record/railtie'
require 'action_controller/railtie'
require 'action_view/railtie'
require 'active_job/railtie'
require 'action_mailer/railtie'

require 'pg'
require 'bcrypt'
require 'redis'
require 'connection_pool'
require 'sidekiq'
require 'sidekiq/rails'
require 'lograge'
require 'kaminari/core'
require 'kaminari/activerecord'

require_relative '../lib/gitlab'

module Gitlab
  # The stand-in for GitLab's own Rails application.
  class Application < Rails::Application
    config.load_defaults 7.2
    config.time_zone = 'UTC'
    config.active_support.escape_html_entities_in_json = false
    config.eager_load = false
    config.enable_reloading = false

    config.public_file_server.enabled = true
    config.active_job.queue_adapter = :sidekiq
    config.active_record.dump_schema_after_migration = false
    config.active_record.query_log_tags_enabled = false
    config.action_mailer.deliver_later_queue_name = 'mailers'

    # Only nginx on this host may speak for a client; Rails' default would trust every private
    # address, and then the monitoring allowlist would see the wrong one.
    config.action_dispatch.trusted_proxies = %w[127.0.0.1 ::1].map { |ip| IPAddr.new(ip) }

    key = Gitlab::Settings.secrets['secret_key_base']
    config.secret_key_base = key if key.present?

    config.session_store Gitlab::RedisSessionStore, key: '_gitlab_session', expire_after: 7.days
    config.middleware.insert_after ActionDispatch::RequestId, Gitlab::Middleware::RequestContext
    config.middleware.insert_after ActionDispatch::RemoteIp, Gitlab::Middleware::BasicHealthCheck
    config.middleware.insert_after ActionDispatch::DebugExceptions, Gitlab::Middleware::ExceptionLog

    console { puts Gitlab::ConsoleBanner.text }
  end
end
