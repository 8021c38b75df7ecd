# frozen_string_literal: true

require 'tmpdir'
require 'puma'
require 'puma/server'

# A genuine Gitaly for the length of the run, with a storage of its own. Its hooks and GitLab Shell
# ask this very process, which shares its database transaction with all threads.
module GitalyServer
  BINARIES = '/opt/gitlab/embedded/bin'

  class << self
    attr_reader :directory

    def start
      @directory = Dir.mktmpdir('gitaly')
      %w[storage run log hooks shell].each { |name| Dir.mkdir(path(name)) }
      secrets
      settings
      serve_application
      File.write(path('config.toml'), config)
      File.write(path('shell/config.yml'), shell_config)
      shell_programs
      run
    end

    def path(name) = File.join(directory, name)
    def address = "unix:#{path('gitaly.socket')}"
    def application_url = "http+unix://#{CGI.escape(path('app.socket'))}"

    # What git is to run instead of ssh: GitLab Shell, as sshd would start it for this key.
    def ssh_as(key)
      script = path("ssh-#{key.shell_id}")
      File.write(script, <<~SH, perm: 0o755)
        #!/bin/sh
        for argument do command=$argument; done
        export GITLAB_SHELL_DIR='#{path('shell')}' SSH_CONNECTION='127.0.0.1 1 127.0.0.1 22' SSH_ORIGINAL_COMMAND="$command"
        exec gitlab-shell #{key.shell_id}
      SH
      script
    end

    # Starts it, and waits until it answers.
    def run
      @pid = spawn({ 'HOME' => directory }, "#{BINARIES}/gitaly", 'serve', path('config.toml'), %i[out err] => path('log/gitaly.log'))
      wait_for { Gitlab::GitalyClient::Health.check('default') == true }
    end

    def stop
      Process.kill(:TERM, @pid)
      Process.wait(@pid)
    end

    def remove
      stop
      @puma.stop(true)
      FileUtils.rm_rf(directory)
    end

    private

    def secrets
      @shell_secret = SecureRandom.hex(32)
      File.write(path('shell_secret'), @shell_secret)
      File.write(path('workhorse_secret'), Base64.strict_encode64(SecureRandom.bytes(32)))
    end

    # The files of the box say where the box's own Gitaly is.
    def settings
      Gitlab::Settings.read('gitlab').merge!(
        'repositories' => { 'storages' => { 'default' => { 'gitaly_address' => address, 'gitaly_token' => 'test-token' } } },
        'gitlab_shell' => { 'path' => path('shell'), 'secret_file' => path('shell_secret'), 'ssh_port' => 22,
                            'authorized_keys_file' => path('authorized_keys') },
        'workhorse' => { 'secret_file' => path('workhorse_secret') }
      )
    end

    def serve_application
      @puma = Puma::Server.new(Rails.application, nil, min_threads: 1, max_threads: 4, log_writer: Puma::LogWriter.null)
      @puma.add_unix_listener(path('app.socket'))
      @puma.run
    end

    def config
      <<~TOML
        socket_path = "#{path('gitaly.socket')}"
        bin_dir = "#{BINARIES}"
        runtime_dir = "#{path('run')}"
        [auth]
        token = "test-token"
        [[storage]]
        name = "default"
        path = "#{path('storage')}"
        [git]
        bin_path = "/usr/bin/git"
        ignore_gitconfig = true
        [logging]
        format = "json"
        dir = "#{path('log')}"
        [hooks]
        custom_hooks_dir = "#{path('hooks')}"
        [gitlab]
        url = "#{application_url}"
        secret_file = "#{path('shell_secret')}"
        [gitlab-shell]
        dir = "#{path('shell')}"
      TOML
    end

    # The check looks for its configuration beside its own place, unless it is told.
    def shell_programs
      Dir.mkdir(path('shell/bin'))
      File.write(path('shell/bin/check'), "#!/bin/sh\nGITLAB_SHELL_DIR='#{path('shell')}' exec gitlab-shell-check\n", perm: 0o755)
    end

    def shell_config
      <<~YAML
        user: git
        gitlab_url: "#{application_url}"
        secret_file: "#{path('shell_secret')}"
        log_file: "#{path('log/gitlab-shell.log')}"
        log_format: json
      YAML
    end

    def wait_for(seconds: 20)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
      until yield
        raise "Gitaly did not start: #{File.read(path('log/gitaly.log'))}" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

        sleep 0.05
      end
    end
  end
end

GitalyServer.start
Minitest.after_run { GitalyServer.remove }
