# frozen_string_literal: true

# Prints the settings of all sources in the nesting that the Linux package shows:
# settings of GitLab itself under "gitlab", other programs beside it.
require_relative "../lib/reconfigure"

BESIDE = %w[consul crond gitaly gitlab_kas gitlab_pages letsencrypt logrotate mailroom nginx package
            patroni pgbouncer postgresql praefect redis registry].freeze
MONITORING = %w[alertmanager gitlab_exporter node_exporter pgbouncer_exporter postgres_exporter
                prometheus redis_exporter].freeze

begin
  settings = Omnibus::Reconfigure.settings
rescue StandardError, ScriptError => e
  warn Omnibus::Failure.text(e, compiling: true)
  exit 1
end

beside = settings.slice(*BESIDE)
monitoring = settings.slice(*MONITORING)
own = settings.except(*BESIDE, *MONITORING, "roles")
config = { "gitlab" => own, "roles" => settings.fetch("roles", {}) }.merge(beside)
config["monitoring"] = monitoring unless monitoring.empty?
puts JSON.pretty_generate(config)
