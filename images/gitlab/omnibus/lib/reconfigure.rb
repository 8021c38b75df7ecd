# frozen_string_literal: true

require "json"
require "socket"
require_relative "failure"
require_relative "node"
require_relative "reporter"
require_relative "resources"
require_relative "secrets"
require_relative "service"
require_relative "settings"
require_relative "supervisor"

module Omnibus
  # gitlab-ctl reconfigure: reads gitlab.rb, brings every file into the state it
  # asks for, starts what is new and restarts what changed.
  class Reconfigure
    BOOTSTRAPPED = "/var/opt/gitlab/bootstrapped"
    SOURCES = [
      ["/assets/gitlab.rb", -> { File.read("/assets/gitlab.rb") }],
      ["(GITLAB_OMNIBUS_CONFIG)", -> { ENV.fetch("GITLAB_OMNIBUS_CONFIG", "") }],
      ["/etc/gitlab/gitlab.rb", -> { File.exist?("/etc/gitlab/gitlab.rb") ? File.read("/etc/gitlab/gitlab.rb") : "" }]
    ].freeze

    # The merged settings of all sources as plain hashes.
    def self.settings
      Settings.load(SOURCES.map { |name, read| [read.call, name] }).to_plain
    end

    def self.node(settings)
      Node.new(settings, Service.all.reduce({}) { |all, service| all.merge(service.defaults) })
    end

    def initialize(reporter)
      @reporter = reporter
      @started = now
    end

    # True when everything is as gitlab.rb wants it.
    def run
      attempt do
        @reporter.say("Starting the reconfiguration of #{Socket.gethostname}")
        compile
        render_files
        supervise
        finish
        @reporter.finish(now - @started, warnings: @services.select(&:enabled?).flat_map(&:warnings))
      end
    end

    # Only the files: while the image is built there is nothing to supervise.
    def render
      attempt do
        compile
        render_files
      end
    end

    private

    def attempt
      yield
      true
    rescue StandardError, ScriptError => e
      @reporter.fail(Failure.text(e, compiling: @services.nil? && !e.is_a?(Abort)))
      false
    end

    def compile
      settings = self.class.settings
      refuse_removed(settings)
      @node = self.class.node(settings)
      @resources = Resources.new(@reporter)
      @secrets = Secrets.new(settings)
      @changes = Changes.new
      @services = Service.all.map { |service| service.new(@node, @secrets, @resources, @changes) }
      @node.external_url
      @services.each(&:validate)
    end

    def refuse_removed(settings)
      removals = KnownSettings.removals(settings)
      return if removals.empty?

      list = removals.map { |text| "* #{text}" }.join("\n")
      raise Abort, "Removed configurations found in gitlab.rb. Aborting reconfigure.\n\nRemovals:\n#{list}"
    end

    def render_files
      write_shared_files
      @services.select(&:enabled?).each(&:configure)
    end

    def finish
      @services.select(&:enabled?).each(&:after_start)
      @resources.file(BOOTSTRAPPED, "All your bootstraps are belong to Chef\n", mode: 0o444, kind: "file")
    end

    def write_shared_files
      @resources.directory("/etc/gitlab", mode: 0o775)
      @resources.directory("/var/opt/gitlab")
      @resources.directory("/var/log/gitlab")
      @services.each(&:prepare_secrets)
      @resources.file(Secrets::PATH, @secrets.to_json_text, mode: 0o600, kind: "file", sensitive: true)
      @resources.directory("/opt/gitlab/embedded/nodes", mode: 0o700)
      @resources.file("/opt/gitlab/embedded/nodes/#{Socket.gethostname}.json", node_json,
                      mode: 0o600, kind: "file", sensitive: true)
      @resources.file("/var/opt/gitlab/public_attributes.json", public_attributes, kind: "file")
    end

    def supervise
      supervisor = Supervisor.new(@resources)
      @services.select(&:supervised?).each do |service|
        next supervisor.disable(service) unless service.enabled?

        service.configure_supervision
        supervisor.enable(service)
      end
      supervisor.start_new
      supervisor.apply(@changes)
    end

    def node_json
      "#{JSON.pretty_generate('normal' => @node.settings)}\n"
    end

    # What accounts other than root may know.
    def public_attributes
      redis = @node["redis"].slice("port", "unixsocket")
      "#{JSON.generate('gitlab' => { 'external_url' => @node.external_url.url }, 'redis' => redis)}\n"
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
