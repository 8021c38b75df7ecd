# frozen_string_literal: true

# What runs in this box and in which version.
module Components
  module_function

  def versions
    {
      'GitLab' => Gitlab::VERSION, 'Ruby' => RUBY_VERSION, 'Rails' => Rails.version,
      'PostgreSQL' => postgresql, 'Redis' => redis, 'Sidekiq' => Sidekiq::VERSION
    }
  end

  def postgresql = ApplicationRecord.connection.select_value('SHOW server_version').to_s[/\A[\d.]+/]
  def redis = Gitlab::Redis::Cache.with { |redis| redis.info('server') }['redis_version']
end
