# frozen_string_literal: true

module Gitlab
  # One Redis serves every purpose here. The names are GitLab's, so that what support engineers
  # type in a console works: Gitlab::Redis::SharedState.with { |redis| redis.ping }
  module Redis
    module_function

    def params
      options = { url: Settings.resque.fetch('url', 'unix:/var/opt/gitlab/redis/redis.socket') }
      options[:password] = Settings.resque['password'] if Settings.resque['password'].present?
      options[:db] = 1 if ENV['RAILS_ENV'] == 'test'
      options
    end

    def pool
      @pool ||= ConnectionPool.new(size: 8, timeout: 5) { ::Redis.new(**params, timeout: 2) }
    end

    # What the four instances of a real GitLab share.
    module Wrapper
      def with(&) = Gitlab::Redis.pool.with(&)
      def params = Gitlab::Redis.params
      def url = params[:url]
    end

    %i[Cache Queues SharedState Sessions].each do |name|
      const_set(name, Module.new { extend Wrapper })
    end
  end
end
