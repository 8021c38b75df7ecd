# frozen_string_literal: true

module Gitlab
  module SystemCheck
    # Sidekiq: seen in the process table, as in GitLab, so that it says `no` while Redis still
    # remembers a process that has just died.
    module Jobs
      module_function

      def checks
        [
          Check.new('Sidekiq: ... Running?', -> { processes.any? },
                    ['sudo gitlab-ctl start sidekiq'], 'sidekiq/current in /var/log/gitlab'),
          Check.new('Sidekiq: ... Number of Sidekiq processes (cluster/worker)', -> { "#{processes.any? ? 1 : 0}/#{processes.size}" },
                    ['sudo gitlab-ctl restart sidekiq'])
        ]
      end

      def processes
        Dir.glob('/proc/[0-9]*/cmdline').select { |path| sidekiq?(path) }
      end

      # By the title that Sidekiq gives itself, or while it still loads; not its supervisor or its log.
      def sidekiq?(path)
        File.read(path).match?(%r{\Asidekiq \d|\A[^\0]*ruby[^\0]*\0[^\0]*/sidekiq\0})
      rescue SystemCallError
        false
      end
    end
  end
end
