# frozen_string_literal: true

require_relative "../../lib/internal_api"

# GitLab Shell, which sshd starts for each connection. Not a process of its own.
class GitlabShellService < Omnibus::Service
  include Omnibus::InternalApi

  CODE = "/opt/gitlab/embedded/service/gitlab-shell"

  defaults "gitlab_shell", {
    "dir" => "/var/opt/gitlab/gitlab-shell",
    "auth_file" => "/var/opt/gitlab/.ssh/authorized_keys",
    "log_directory" => "/var/log/gitlab/gitlab-shell",
    "log_level" => "INFO",
    "log_format" => "json",
    "audit_usernames" => nil,
    "http_settings" => nil,
    "git_trace_log_file" => nil,
    "migration" => { "enabled" => true, "features" => [] },
    "ssl_cert_dir" => "/opt/gitlab/embedded/ssl/certs/",
    "lfs_pure_ssh_protocol" => false
  }

  GIT = { owner: "git", group: "git" }.freeze

  def prepare_secrets
    secrets.fetch("gitlab_shell", "secret_token", :hex)
  end

  def configure
    [ssh_directory, File.dirname(config["auth_file"])].uniq.each { |path| directory(path, **GIT, mode: 0o700) }
    [config["dir"], log_directory].each { |path| directory(path, owner: "git", group: "root", mode: 0o700) }
    # Read anew for each connection: nothing has to be restarted.
    template("config.yml.erb", conf, owner: "root", group: "git", mode: 0o640)
    @resources.link("#{CODE}/config.yml", conf)
    @resources.link("#{CODE}/.gitlab_shell_secret", "/opt/gitlab/embedded/service/gitlab-rails/.gitlab_shell_secret")
    # Made empty and then left alone: the application writes it.
    file(config["auth_file"], "", **GIT, mode: 0o600, kind: "file") unless File.exist?(config["auth_file"])
    template("gitconfig.erb", "#{node['user']['home']}/.gitconfig", **GIT)
  end

  private

  def conf
    "#{config['dir']}/config.yml"
  end

  def ssh_directory
    "#{node['user']['home']}/.ssh"
  end
end
