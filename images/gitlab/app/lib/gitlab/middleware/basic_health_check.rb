# frozen_string_literal: true

module Gitlab
  module Middleware
    # /-/health answers before sessions, routing and the database are touched.
    class BasicHealthCheck
      OK = [200, { 'content-type' => 'text/plain' }, ['GitLab OK']].freeze
      NOT_FOUND = [404, { 'content-type' => 'text/plain' }, ['']].freeze

      def initialize(app) = @app = app

      def call(env)
        return @app.call(env) unless env['PATH_INFO'] == '/-/health'

        request = ActionDispatch::Request.new(env)
        (MonitoringAllowlist.include?(request.remote_ip) ? OK : NOT_FOUND).map(&:dup)
      end
    end
  end
end
