# frozen_string_literal: true

module Gitlab
  module Middleware
    # What ends as a 500 page goes to exceptions_json.log too. Stands inside DebugExceptions, so that
    # failures of the session store are seen as well.
    class ExceptionLog
      def initialize(app) = @app = app

      def call(env)
        @app.call(env)
      rescue StandardError => e
        status = ActionDispatch::ExceptionWrapper.status_code_for_exception(e.class.name)
        ErrorTracking.log_exception(e, path: env['PATH_INFO']) if status >= 500
        raise
      end
    end
  end
end
