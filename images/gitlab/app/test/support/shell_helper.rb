# frozen_string_literal: true

require 'open3'

# Requests as GitLab Shell, Gitaly and Workhorse send them, and the real git as a client.
module ShellHelper
  def shell_call(verb, path, **params)
    headers = { 'Gitlab-Shell-Api-Request' => Gitlab::JwtSecret.shell.sign, 'CONTENT_TYPE' => 'application/json' }
    body = verb == :get ? params : params.to_json
    public_send(verb, "/api/v4/internal/#{path}", params: body, headers: headers)
    response.body.present? ? JSON.parse(response.body) : nil
  end

  # A fresh key in OpenSSH's format; nobody has the private half.
  def public_key(comment = 'ada@laptop')
    blob = ['ssh-ed25519', SecureRandom.bytes(32)].map { |part| [part.bytesize].pack('N') + part }.join
    "ssh-ed25519 #{Base64.strict_encode64(blob)} #{comment}"
  end

  # Ada, who maintains tools/shop, and her working copy with a commit that is not pushed yet.
  def ada_at_work
    @ada = make_user('ada')
    @project = make_project(make_group('tools'), path: 'shop')
    @project.add_maintainer(@ada)
    @work = working_copy(make_key(@ada), @project)
    commit(@work)
  end

  def make_key(user, **) = user.keys.create!(title: 'laptop', key: public_key, **)

  # A working copy whose remote is reached through the genuine GitLab Shell, as this key.
  def working_copy(key, project)
    directory = Dir.mktmpdir('work', GitalyServer.directory)
    git(directory, 'init', '-q', '-b', 'main')
    git(directory, 'remote', 'add', 'origin', "git@localhost:#{project.full_path}.git")
    GitalyServer.ssh_as(key).then { |command| git(directory, 'config', 'core.sshCommand', command) }
    directory
  end

  def commit(directory, name = 'README.md', text: SecureRandom.hex, message: "Add #{name}")
    File.binwrite(File.join(directory, name), text)
    git(directory, 'add', '.')
    git(directory, 'commit', '-q', '-m', message)
  end

  # The output of both streams; raises when git fails, unless that is what is wanted.
  def git(directory, *command, fails: false)
    name = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
    output, status = Open3.capture2e({ 'HOME' => GitalyServer.directory }, 'git', *name, *command, chdir: directory)
    raise "git #{command.join(' ')}: #{output}" unless status.success? ^ fails

    output.force_encoding(Encoding::UTF_8)
  end
end
