# frozen_string_literal: true

module Gitlab
  # What gitlab:env:info shows. An unreachable service is named, not raised: one looks here when
  # something is broken.
  module EnvInfo
    module_function

    def blocks = { 'System information' => system, 'GitLab information' => gitlab, 'GitLab Shell' => shell, 'Gitaly' => gitaly }

    def system
      { 'System' => os_name, 'Current User' => Etc.getpwuid&.name, 'Using RVM' => 'no', 'Ruby Version' => RUBY_VERSION,
        'Gem Version' => Gem::VERSION, 'Rake Version' => Rake::VERSION, 'Redis Version' => try { Components.redis },
        'Sidekiq Version' => Sidekiq::VERSION, 'Go Version' => 'unknown' }
    end

    def gitlab
      url = Settings.base_url
      { 'Version' => VERSION, 'Revision' => REVISION, 'Directory' => ROOT, 'DB Adapter' => 'PostgreSQL',
        'DB Version' => try { Components.postgresql }, 'URL' => url, 'HTTP Clone URL' => "#{url}/some-group/some-project.git",
        'SSH Clone URL' => "git@#{Settings.ssh_host}:some-group/some-project.git", 'Using LDAP' => 'no', 'Using Omniauth' => 'no' }
    end

    def shell
      path = Settings.gitlab_shell.fetch('path', '/opt/gitlab/embedded/service/gitlab-shell')
      storages = Settings.storages.map { |name, storage| "\n- #{name}: \t#{storage['gitaly_address']}" }.join
      { 'Version' => try { SystemCheck::Shell.version(path) }, 'Repository storages' => storages, 'GitLab Shell path' => path }
    end

    def gitaly
      Settings.storages.keys.flat_map { |name| server(name).map { |field, value| ["- #{name} #{field}", value] } }.to_h
    end

    def server(storage)
      info = GitalyClient::Health.info(storage)
      { 'Address' => "\t#{GitalyClient.address(storage)}", 'Version' => "\t#{info.server_version}", 'Git Version' => "\t#{info.git_version}" }
    rescue Git::Error => e
      { 'Address' => "\t#{GitalyClient.address(storage)}", 'Version' => "\tunknown (#{e.message.lines.first.strip})" }
    end

    def os_name = File.read('/etc/os-release')[/^PRETTY_NAME="(.*)"/, 1]

    def try
      yield
    rescue StandardError => e
      "unknown (#{e.message.lines.first.strip})"
    end
  end
end
