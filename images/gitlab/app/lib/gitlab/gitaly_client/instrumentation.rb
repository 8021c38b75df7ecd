# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # Counts calls and the seconds that were waited for them, for gitaly_calls and
    # gitaly_duration_s in the logs.
    module Instrumentation
      module_function

      def measure(&)
        Current.gitaly_calls += 1
        timed(&)
      end

      # Only the waiting counts, not what the caller does with a response.
      def each(responses)
        started = now
        responses.each do |response|
          add(started)
          yield response
          started = now
        end
        add(started)
      end

      def timed
        started = now
        yield
      ensure
        add(started)
      end

      def add(started) = Current.gitaly_seconds += now - started

      def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

      def fields
        return {} if Current.gitaly_calls.zero?

        { gitaly_calls: Current.gitaly_calls, gitaly_duration_s: Current.gitaly_seconds.round(6) }
      end
    end
  end
end
