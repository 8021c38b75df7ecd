# frozen_string_literal: true

module Gitlab
  module SystemCheck
    # The checks of the application itself; each one looks at the real thing.
    module App
      MIN_REDIS = Gem::Version.new('6.2.0')

      module_function

      def checks = files + services + counts

      def files
        [
          Check.new('Database config exists?', -> { config?('database') }, ['sudo gitlab-ctl reconfigure']),
          Check.new('GitLab config exists?', -> { config?('gitlab') }, ['sudo gitlab-ctl reconfigure']),
          Check.new('Log directory writable?', -> { ROOT.join('log').writable? }, ['sudo update-permissions']),
          Check.new('Tmp directory writable?', -> { ROOT.join('tmp').writable? }, ['sudo update-permissions']),
          Check.new('Uploads directory exists?', -> { ROOT.join('public/uploads').directory? }, ['sudo gitlab-ctl reconfigure'])
        ]
      end

      def services
        [
          Check.new('All migrations up?', method(:migrated?), ['sudo gitlab-rake db:migrate']),
          Check.new("Redis version >= #{MIN_REDIS}?", method(:redis_recent?), ['Update your redis server']),
          Check.new('Git user has default SSH configuration?', method(:plain_ssh?),
                    ['Remove what does not belong into /var/opt/gitlab/.ssh'])
        ]
      end

      def counts
        [
          Check.new('Projects have namespace:', -> { Project.where.missing(:namespace).none? }, ['Look for projects without a namespace']),
          Check.new('Active users:', -> { User.active.count }, ['sudo gitlab-ctl status postgresql'])
        ]
      end

      def config?(name) = ROOT.join('config', "#{name}.yml").exist?
      def migrated? = !ApplicationRecord.connection_pool.migration_context.needs_migration?

      def redis_recent?
        Gem::Version.new(Gitlab::Redis::Cache.with { |redis| redis.info('server') }['redis_version']) >= MIN_REDIS
      end

      def plain_ssh?
        expected = %w[authorized_keys authorized_keys.lock environment known_hosts]
        (Dir.children('/var/opt/gitlab/.ssh') - expected).empty?
      rescue Errno::ENOENT
        true
      end
    end
  end
end
