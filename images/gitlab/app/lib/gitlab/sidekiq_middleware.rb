# frozen_string_literal: true

module Gitlab
  # A job carries the correlation id and the user of the request that enqueued it.
  module SidekiqMiddleware
    class Client
      def call(_worker, job, _queue, _redis)
        job['correlation_id'] ||= Current.correlation_id || SecureRandom.uuid
        Current.meta.each { |key, value| job[key] ||= value }
        yield
      end
    end

    class Server
      def call(_worker, job, _queue)
        Current.set(correlation_id: job['correlation_id'], caller_id: job['wrapped'] || job['class']) do
          yield
        rescue StandardError => e
          ErrorTracking.log_exception(e, jid: job['jid'], queue: job['queue'])
          raise
        ensure
          job['gitaly'] = GitalyClient::Instrumentation.fields
        end
      end
    end
  end
end
