# frozen_string_literal: true

module Gitlab
  module Middleware
    # Remembers the correlation id, for every log and for the jobs that this request enqueues.
    class RequestContext
      def initialize(app) = @app = app

      def call(env)
        id = env['action_dispatch.request_id']
        Current.set(correlation_id: id) do
          @app.call(env).tap do |_status, headers, _body|
            headers['x-gitlab-meta'] = { correlation_id: id, version: '1' }.to_json
          end
        end
      end
    end
  end
end
