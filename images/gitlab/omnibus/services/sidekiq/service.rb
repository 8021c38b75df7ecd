# frozen_string_literal: true

require "yaml"

# Sidekiq, the background jobs of the Rails application: a process for each queue
# group. A queue that no group names is served by nobody.
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
    return if groups.is_a?(Array) && groups.any? && groups.all? { |group| group.is_a?(String) && group.match?(/[^\s,]/) }

    raise Omnibus::Abort, "The sidekiq['queue_groups'] setting must be a list of queue names, e.g. ['*']."
  end

  private

  def groups
    config["queue_groups"].map do |group|
      names = group.split(",").map(&:strip).reject(&:empty?).uniq
      (names.include?("*") ? YAML.load_file(ALL_QUEUES) : names).join(",")
    end
  end
end
