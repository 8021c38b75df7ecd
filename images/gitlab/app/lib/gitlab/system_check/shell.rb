# frozen_string_literal: true

require 'open3'

module Gitlab
  module SystemCheck
    # GitLab Shell: its version, its authorized_keys and its own self-check, which is run for real.
    class Shell
      REQUIRED = Gem::Version.new('14.35.0')

      def initialize(out: $stdout, path: Settings.gitlab_shell.fetch('path', '/opt/gitlab/embedded/service/gitlab-shell'))
        @out = out
        @path = path.chomp('/')
      end

      def run
        version = Executor.new('GitLab Shell', out: @out).line(version_check)
        [version, self_check].all?
      end

      def self.version(path)
        File.read(File.join(path, 'VERSION')).strip
      end

      private

      def version_check
        Check.new("GitLab Shell: ... GitLab Shell version >= #{REQUIRED} ?", method(:version_answer), ['sudo gitlab-ctl reconfigure'])
      end

      def version_answer
        installed = self.class.version(@path)
        Gem::Version.new(installed) >= REQUIRED ? "OK (#{installed})" : "FAIL. Please update gitlab-shell to #{REQUIRED} from #{installed}"
      end

      def self_check
        program = "#{@path}/bin/check"
        @out.puts "Running #{program}"
        output, status = Open3.capture2e(program, chdir: @path)
        @out.puts output
        verdict(status.success?)
      rescue SystemCallError => e
        @out.puts e.message
        verdict(false)
      end

      def verdict(passed)
        @out.puts passed ? 'gitlab-shell self-check successful' : 'gitlab-shell self-check failed'
        return true if passed

        @out.puts '  Try fixing it:', '  Make sure GitLab is running;', '  Check the gitlab-shell configuration file:',
                  '  sudo -u git -H editor /var/opt/gitlab/gitlab-shell/config.yml', '  Please fix the error above and rerun the checks.'
        false
      end
    end
  end
end
