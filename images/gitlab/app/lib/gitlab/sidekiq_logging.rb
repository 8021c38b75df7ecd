# frozen_string_literal: true

module Gitlab
  # sidekiq/current: one JSON object a line, three lines a job (start, done or fail).
  module SidekiqLogging
    # Lines that are no jobs, such as those of the boot.
    class Formatter < ::Logger::Formatter
      def call(severity, time, _program, message)
        fields = message.is_a?(Hash) ? message : { message: message }
        "#{{ severity: severity, time: time.utc.iso8601(3) }.merge(fields).to_json}\n"
      end
    end

    # Called by Sidekiq around every job.
    class JobLogger
      FIELDS = %w[retry queue backtrace version jid correlation_id meta.user meta.caller_id meta.client_id].freeze

      def initialize(config) = @logger = config.logger

      def prepare(_job) = yield

      def call(job, queue)
        base = base_fields(job, queue)
        started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
        log(base, 'start', scheduling_latency_s: latency(job))
        yield
        log(base, 'done', **duration(started), **gitaly(job))
      rescue Exception => e # rubocop:disable Lint/RescueException -- Sidekiq itself rescues all of them
        log(base, 'fail', severity: 'WARN', **duration(started), **gitaly(job), **error_fields(e))
        raise
      end

      private

      def log(base, status, severity: 'INFO', **extra)
        text = status == 'start' ? status : "#{status}: #{extra[:duration_s]} sec"
        line = base.merge(message: "#{base['class']} JID-#{base['jid']}: #{text}", job_status: status, **extra)
        severity == 'WARN' ? @logger.warn(line) : @logger.info(line)
      end

      def base_fields(job, queue)
        times = job.slice('created_at', 'enqueued_at').transform_values { |at| Time.at(at).utc.iso8601(3) }
        job.slice(*FIELDS).merge('class' => job['wrapped'] || job['class'], 'queue' => queue,
                                 'args' => job['args'].map(&:to_s), 'pid' => Process.pid,
                                 'job_size_bytes' => job.to_json.bytesize, **times)
      end

      # Left there by the middleware. Sidekiq tries again what it has read from Redis, not this copy.
      def gitaly(job) = job['gitaly'] || {}

      def latency(job) = job['enqueued_at'] && (Time.now.to_f - job['enqueued_at']).round(6)

      def duration(started)
        { duration_s: (Process.clock_gettime(Process::CLOCK_MONOTONIC) - started).round(6),
          completed_at: Time.now.utc.iso8601(3) }
      end

      # Sidekiq wraps a handled failure; its cause is what went wrong.
      def error_fields(error)
        error = error.cause || error if error.class.name.start_with?('Sidekiq::JobRetry')
        { error_class: error.class.name, error_message: error.message, error_backtrace: Array(error.backtrace).first(20) }
      end
    end
  end
end
