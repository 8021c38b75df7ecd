# frozen_string_literal: true

module Gitlab
  # exceptions_json.log, in GitLab's field names.
  module ErrorTracking
    module_function

    def log_exception(error, **extra)
      JsonLogger.exceptions.error(fields(error).merge(Current.meta, extra.transform_keys { |key| "extra.#{key}" }))
    end

    def fields(error)
      {
        'exception.class' => error.class.name,
        'exception.message' => error.message,
        'exception.backtrace' => Array(error.backtrace).first(30),
        'exception.cause_class' => error.cause&.class&.name
      }.compact
    end
  end
end
