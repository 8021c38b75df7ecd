# frozen_string_literal: true

module Gitlab
  # Rack middleware of our own; see config/application.rb for their places.
  module Middleware
    autoload :BasicHealthCheck, 'gitlab/middleware/basic_health_check'
    autoload :ExceptionLog, 'gitlab/middleware/exception_log'
    autoload :RequestContext, 'gitlab/middleware/request_context'
  end
end
