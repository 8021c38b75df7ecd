# frozen_string_literal: true

module Gitlab
  # ~git/.ssh/authorized_keys: a line a key, with GitLab Shell as forced command. Every change is made
  # under the lock beside the file.
  class AuthorizedKeys
    OPTIONS = 'no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty'

    def self.enabled? = ApplicationSetting.current.authorized_keys_enabled

    def initialize(path = Settings.gitlab_shell.fetch('authorized_keys_file', '/var/opt/gitlab/.ssh/authorized_keys'),
                   shell: Settings.gitlab_shell.fetch('path', '/opt/gitlab/embedded/service/gitlab-shell'))
      @path = path
      @shell = shell.chomp('/')
    end

    def add(keys)
      locked { File.open(@path, 'a', 0o600) { |file| keys.each { |id, key| file.puts(line(id, key)) } } }
    end

    # The line is struck out in its place, as GitLab does it: nothing else in the file moves.
    def remove(id)
      return unless File.exist?(@path)

      locked { File.open(@path, 'r+') { |file| strike(file, %r{gitlab-shell #{Regexp.escape(id)}"}) } }
    end

    # Keys come in slices; the file is empty for as long as it takes.
    def rebuild(slices)
      locked { File.open(@path, 'w', 0o600) { |file| slices.each { |keys| keys.each { |id, key| file.puts(line(id, key)) } } } }
    end

    def line(id, key)
      raise ArgumentError, "invalid key_id #{id.inspect}" unless /\A[a-z0-9-]+\z/.match?(id)

      %(command="#{@shell}/bin/gitlab-shell #{id}",#{OPTIONS} #{SSHPublicKey.new(key)})
    end

    private

    def strike(file, pattern)
      file.each_line do |text|
        next unless text.match?(pattern)

        file.seek(-text.bytesize, IO::SEEK_CUR)
        file.write("#{'#' * (text.bytesize - 1)}\n")
      end
    end

    def locked
      File.open("#{@path}.lock", 'w+') do |lock|
        lock.flock(File::LOCK_EX)
        yield
      end
    end
  end
end
