# frozen_string_literal: true

require "yaml"

# Sidekiq, the background jobs of the Rails application. One process serves all
# queue groups; a queue that no group names is served by nobody.
class SidekiqService < Omnibus::Service
  ALL_QUEUES = "/opt/gitlab/embedded/service/gitlab-rails/config/all_queues.yml"

  defaults "sidekiq", {
    "enable" => true,
    "concurrency" => 20,
    "queue_groups" => ["*"],
    "routing_rules" => [],
    "shutdown_timeout" => 25,
    "log_format" => "json",
    "log_directory" => "/var/log/gitlab/sidekiq"
  }

  def configure
    directory(log_directory, owner: "git", group: "root", mode: 0o700)
  end

  def validate
    groups = config["queue_groups"]
    return if groups.is_a?(Array) && groups.any? && groups.all?(String)

    raise Omnibus::Abort, "The sidekiq['queue_groups'] setting must be a list of queue names, e.g. ['*']."
  end

  private

  def queues
    names = config["queue_groups"].flat_map { |group| group.split(",") }.map(&:strip).uniq
    names.include?("*") ? YAML.load_file(ALL_QUEUES) : names
  end
end
