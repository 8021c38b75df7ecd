# frozen_string_literal: true

module Gitlab
  # What gitlab:env:info shows. An unreachable service is named, not raised: one looks here when
  # something is broken.
  module EnvInfo
    module_function

    def blocks = { 'System information' => system, 'GitLab information' => gitlab }

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

    def os_name = File.read('/etc/os-release')[/^PRETTY_NAME="(.*)"/, 1]

    def try
      yield
    rescue StandardError => e
      "unknown (#{e.message.lines.first.strip})"
    end
  end
end
