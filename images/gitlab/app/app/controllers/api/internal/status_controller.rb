# frozen_string_literal: true

module Api
  module Internal
    # bin/check of GitLab Shell.
    class StatusController < BaseController
      def check
        render json: { api_version: 'v4', gitlab_version: Gitlab::VERSION, gitlab_rev: Gitlab::REVISION, redis: redis? }
      end

      private

      def redis?
        Gitlab::HealthChecks.ping(Gitlab::Redis::SharedState)
      rescue Redis::BaseError, ConnectionPool::Error => e
        Gitlab::ErrorTracking.log_exception(e)
        false
      end
    end
  end
end
