# frozen_string_literal: true

module Gitlab
  # What gitlab:check prints: a block a component, a line a check.
  module SystemCheck
    autoload :App, 'gitlab/system_check/app'
    autoload :Gitaly, 'gitlab/system_check/gitaly'
    autoload :Jobs, 'gitlab/system_check/jobs'
    autoload :Shell, 'gitlab/system_check/shell'

    # passed: true, false or nil (left out); hints: what to type when it failed.
    Check = Struct.new(:name, :run, :hints, :more)

    # Runs one component's checks and prints them; true when none failed.
    class Executor
      def initialize(component, out: $stdout)
        @component = component
        @out = out
      end

      def block
        @out.puts "Checking #{@component} ...", ''
        result = yield self
        @out.puts '', "Checking #{@component} ... Finished", ''
        result
      end

      def run(checks) = block { checks.map { |check| line(check) }.all? }

      def line(check)
        @out.print "#{check.name} ... "
        answer = check.run.call
        @out.puts text(answer)
        help(check) if answer == false
        answer != false
      rescue StandardError => e
        @out.puts 'no', "  #{e.class}: #{e.message}"
        help(check)
        false
      end

      def help(check)
        @out.puts '  Try fixing it:'
        Array(check.hints).each { |hint| @out.puts "  #{hint}" }
        @out.puts '  For more information see:', "  #{check.more}" if check.more
        @out.puts '  Please fix the error above and rerun the checks.'
      end

      private

      def text(answer) = { true => 'yes', false => 'no' }.fetch(answer, answer.to_s)
    end
  end
end
