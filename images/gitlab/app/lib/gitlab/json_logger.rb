# frozen_string_literal: true

module Gitlab
  # One JSON object a line, in log/<name>_json.log.
  class JsonLogger < ::Logger
    def self.build(name)
      loggers[name] ||= new(Gitlab.log_path("#{name}_json.log"))
    end

    def self.loggers = @loggers ||= {}

    def self.app = build('application')
    def self.auth = build('auth')
    def self.api = build('api')
    def self.exceptions = build('exceptions')

    # An open file instead of a path: Logger would begin a new one with a line that is not JSON.
    def self.append(path) = File.open(path, 'a').tap { |file| file.sync = true }

    def initialize(path)
      super(self.class.append(path), level: :info)
      self.formatter = method(:format_line)
    end

    private

    def format_line(severity, time, _program, message)
      fields = message.is_a?(Hash) ? message : { message: message }
      head = { severity: severity, time: time.utc.iso8601(3), correlation_id: Current.correlation_id }
      "#{head.merge(fields).compact.to_json}\n"
    end
  end
end
