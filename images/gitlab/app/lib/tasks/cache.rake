# frozen_string_literal: true

namespace :cache do
  # Sessions and queues live in the same Redis and stay.
  desc 'GitLab | Cache | Clear the Redis cache'
  task clear: :environment do
    Gitlab::Redis::Cache.with do |redis|
      redis.scan_each(match: 'cache:gitlab:*', count: 1000).each_slice(500) { |keys| redis.unlink(*keys) }
    end
  end
end
