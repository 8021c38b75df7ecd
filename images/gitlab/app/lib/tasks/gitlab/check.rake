# frozen_string_literal: true

namespace :gitlab do
  desc 'GitLab | Check the configuration of GitLab and its environment'
  task check: :environment do
    Gitlab::SystemCheck::Executor.new('GitLab subtasks').block do
      %w[gitlab_shell gitaly sidekiq incoming_email ldap app].each { |part| Rake::Task["gitlab:#{part}:check"].invoke }
    end
  end

  namespace :app do
    desc 'GitLab | App | Check the configuration of the GitLab Rails app'
    task check: :environment do
      Gitlab::SystemCheck::Executor.new('GitLab App').run(Gitlab::SystemCheck::App.checks)
    end
  end

  namespace :sidekiq do
    desc 'GitLab | Sidekiq | Check the configuration of Sidekiq'
    task check: :environment do
      Gitlab::SystemCheck::Executor.new('Sidekiq').run(Gitlab::SystemCheck::Jobs.checks)
    end
  end

  { gitlab_shell: ['GitLab Shell', -> { Gitlab::SystemCheck::Shell.new.run }],
    gitaly: ['Gitaly', -> { Gitlab::SystemCheck::Gitaly.run }] }.each do |part, (title, run)|
    namespace part do
      desc "GitLab | #{title} | Check"
      task check: :environment do
        Gitlab::SystemCheck::Executor.new(title).block { run.call }
      end
    end
  end

  # What this image does not have says so in one plain line.
  { incoming_email: ['Incoming Email', 'Reply by email is disabled in config/gitlab.yml'],
    ldap: ['LDAP', 'LDAP is disabled in config/gitlab.yml'] }.each do |part, (title, reason)|
    namespace part do
      desc "GitLab | #{title} | Check"
      task check: :environment do
        Gitlab::SystemCheck::Executor.new(title).block { puts reason }
      end
    end
  end
end
