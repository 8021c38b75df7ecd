# frozen_string_literal: true

require_relative "../../lib/internal_api"
require_relative "../../lib/toml"

# Gitaly, through which everybody else reaches the Git repositories.
# gitaly['configuration'] is its config.toml as a hash.
class GitalyService < Omnibus::Service
  include Omnibus::InternalApi

  DIR = "/var/opt/gitlab/gitaly"
  STORAGE = { "name" => "default", "path" => "/var/opt/gitlab/git-data/repositories" }.freeze

  defaults "gitaly", {
    "enable" => true,
    "dir" => DIR,
    "env_directory" => "/opt/gitlab/etc/gitaly/env",
    "env" => {
      "HOME" => "/var/opt/gitlab",
      "PATH" => "/opt/gitlab/bin:/opt/gitlab/embedded/bin:/bin:/usr/bin",
      "TZ" => ":/etc/localtime",
      "SSL_CERT_DIR" => "/opt/gitlab/embedded/ssl/certs/",
      # A small box: collecting garbage early costs less than the memory.
      "GOGC" => "40",
      "GOMEMLIMIT" => "96MiB"
    },
    "bin_path" => "/opt/gitlab/embedded/bin/gitaly",
    "log_directory" => "/var/log/gitlab/gitaly",
    "open_files_ulimit" => 15_000,
    "configuration" => {
      "socket_path" => "#{DIR}/gitaly.socket",
      "runtime_dir" => "#{DIR}/run",
      "bin_dir" => "/opt/gitlab/embedded/bin",
      "prometheus_listen_addr" => "localhost:9236",
      "storage" => [STORAGE],
      "auth" => {},
      "git" => { "bin_path" => "/opt/gitlab/embedded/bin/git" },
      "gitlab" => { "secret_file" => "#{DIR}/.gitlab_secret" },
      "gitlab-shell" => { "dir" => "/opt/gitlab/embedded/service/gitlab-shell" },
      "hooks" => { "custom_hooks_dir" => "#{DIR}/custom_hooks" },
      "logging" => { "dir" => "/var/log/gitlab/gitaly", "format" => "json" }
    }
  }

  GIT = { owner: "git", group: "git" }.freeze

  def validate
    refuse_unnamed_storages
    shared = storages.group_by { |storage| real(storage["path"]) }.select { |_, group| group.size > 1 }
    return if shared.empty?

    list = shared.map { |path, group| "  #{path}: #{group.map { |storage| storage['name'] }.join(', ')}" }
    raise Omnibus::Abort, "Multiple Gitaly storages are sharing the same filesystem path:\n#{list.join("\n")}"
  end

  # By default the one that GitLab Shell and the application know.
  def prepare_secrets
    @shell_secret = secrets.fetch("gitlab_shell", "secret_token", :hex)
    @secret = secrets.fetch("gitaly", "gitlab_secret") { @shell_secret }
  end

  def warnings
    return [] if @secret == @shell_secret

    ["Gitaly and GitLab Shell specifies different secrets to authenticate with GitLab"]
  end

  def configure
    directory(config["dir"], **GIT, mode: 0o700)
    directory(configuration["runtime_dir"], **GIT, mode: 0o700)
    directory(log_directory, owner: "git", group: "root", mode: 0o700)
    directory("/var/opt/gitlab/git-data", **GIT, mode: 0o700)
    # Only the top of each storage: what is inside is Gitaly's.
    storages.each { |storage| directory(storage["path"], **GIT, mode: 0o2770) }
    changed(:restart) if environment(config["env_directory"], config["env"])
    changed(:restart) if file(configuration["gitlab"]["secret_file"], @secret, kind: "file", sensitive: true)
    template("config.toml.erb", conf, owner: "root", group: "git", mode: 0o640, notify: :restart, sensitive: true)
  end

  private

  def conf
    "#{config['dir']}/config.toml"
  end

  def configuration
    config["configuration"]
  end

  def storages
    configuration["storage"]
  end

  def json_log?
    configuration["logging"]["format"] == "json"
  end

  # Where the application answers is derived; what gitlab.rb says wins.
  def rendered
    gitlab = { "url" => internal_api_url, "relative_url_root" => (internal_api_path unless internal_api_path.empty?),
               "http-settings" => node["gitlab_shell"]["http_settings"] }
    configuration.merge("gitlab" => gitlab.merge(configuration["gitlab"]))
  end

  def refuse_unnamed_storages
    return if storages.is_a?(Array) && storages.all? { |s| s.is_a?(Hash) && s["name"] && s["path"] }

    raise Omnibus::Abort, "gitaly['configuration'][:storage] must be a list of storages, each with a name and a path."
  end

  def real(path)
    File.realpath(path)
  rescue Errno::ENOENT
    path
  end
end
