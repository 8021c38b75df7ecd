# frozen_string_literal: true

module Gitlab
  # Sessions in Redis, as in GitLab. No error is swallowed: without Redis nobody can sign in, and
  # the log must say why.
  class RedisSessionStore < ActionDispatch::Session::AbstractSecureStore
    PREFIX = 'session:gitlab:'

    def find_session(_request, sid)
      data = sid && Gitlab::Redis::Sessions.with { |redis| redis.get(redis_key(sid)) }
      data ? [sid, JSON.parse(data)] : [generate_sid, {}]
    end

    def write_session(_request, sid, session, options)
      seconds = (options[:expire_after] || 7.days).to_i
      Gitlab::Redis::Sessions.with { |redis| redis.set(redis_key(sid), session.to_json, ex: seconds) }
      sid
    end

    def delete_session(_request, sid, options)
      Gitlab::Redis::Sessions.with { |redis| redis.del(redis_key(sid)) }
      generate_sid unless options[:drop]
    end

    private

    def redis_key(sid) = "#{PREFIX}#{sid.private_id}"
  end
end
