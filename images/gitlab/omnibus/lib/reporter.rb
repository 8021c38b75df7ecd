# frozen_string_literal: true

require "fileutils"

module Omnibus
  # What reconfigure says: on the terminal and in a log of its own.
  # With `quiet` only the log gets the details.
  class Reporter
    LOG_DIR = "/var/log/gitlab/reconfigure"

    attr_reader :total, :updated

    def initialize(quiet: false, out: $stdout, err: $stderr)
      @quiet = quiet
      @out = out
      @err = err
      @total = @updated = 0
      FileUtils.mkdir_p(LOG_DIR, mode: 0o700)
      @log = File.open("#{LOG_DIR}/#{Time.now.to_i}.log", "a")
      @log.sync = @out.sync = true
    end

    def say(line)
      @log.puts(line)
      @out.puts(line) unless @quiet
    end

    # One resource was looked at; `details` say what was changed, none that it was right already.
    def resource(kind, name, action, details = nil)
      @total += 1
      return unless details

      @updated += 1
      say("  * #{kind}[#{name}] action #{action}")
      details.each { |detail| say("    - #{detail}") }
    end

    def finish(seconds, warnings: [])
      say("Infra Phase complete, #{@updated}/#{@total} resources updated in #{format('%02d', seconds)} seconds")
      say("\nWarnings:\n#{warnings.join("\n")}\n") if warnings.any?
      @log.puts("gitlab Reconfigured!")
      @out.puts("gitlab Reconfigured!")
    end

    def fail(text)
      @log.puts(text)
      @err.puts(red(text))
    end

    private

    def red(text)
      @err.tty? ? "\e[31m#{text}\e[0m" : text
    end
  end
end
