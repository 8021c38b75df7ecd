# frozen_string_literal: true

module Gitlab
  module Git
    # How many pushes to a repository are under way.
    class ReferenceCounter
      EXPIRY = 600

      def initialize(gl_repository) = @key = "git-receive-pack-reference-counter:#{gl_repository}"

      def increase
        Gitlab::Redis::SharedState.with { |redis| redis.incr(@key).tap { redis.expire(@key, EXPIRY) } }.positive?
      end

      # A counter that was lost on the way starts again from nothing.
      def decrease
        Gitlab::Redis::SharedState.with { |redis| redis.decr(@key).tap { |count| redis.del(@key) if count <= 0 } } >= 0
      end

      def value = Gitlab::Redis::SharedState.with { |redis| redis.get(@key) }.to_i
    end
  end
end
