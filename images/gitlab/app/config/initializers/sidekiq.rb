# frozen_string_literal: true

# Sidekiq::Queue, Sidekiq::Stats and the like, also for who types them in a console.
require 'sidekiq/api'

Sidekiq.strict_args!(:raise)
Sidekiq.default_job_options = { 'retry' => 3, 'backtrace' => true }

Sidekiq.configure_client do |config|
  config.redis = Gitlab::Redis.params
  config.client_middleware { |chain| chain.add Gitlab::SidekiqMiddleware::Client }
end

Sidekiq.configure_server do |config|
  config.redis = Gitlab::Redis.params
  config.logger.formatter = Gitlab::SidekiqLogging::Formatter.new
  config[:job_logger] = Gitlab::SidekiqLogging::JobLogger
  config.client_middleware { |chain| chain.add Gitlab::SidekiqMiddleware::Client }
  config.server_middleware { |chain| chain.add Gitlab::SidekiqMiddleware::Server }
end
