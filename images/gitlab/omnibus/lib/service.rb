# frozen_string_literal: true

require "erb"
require "json"

module Omnibus
  # One folder under services/: settings, configuration files and, where there
  # is a run.erb, a supervised process.
  #
  #   service.rb     a subclass: defaults, secrets, what to render
  #   run.erb        the supervised command (optional)
  #   control/       runit control scripts (optional)
  #   *.erb          templates
  class Service
    ROOT = File.expand_path("../services", __dir__)
    SHARED = File.expand_path("../templates", __dir__)
    HEADER = <<~TEXT
      This file is managed by gitlab-ctl. Manual changes will be
      erased! To change the contents below, edit /etc/gitlab/gitlab.rb
      and run `sudo gitlab-ctl reconfigure`.
    TEXT

    class << self
      def all
        @all ||= Dir["#{ROOT}/*/service.rb"].sort.map do |path|
          require path
          @latest.tap { |service| service.folder = File.dirname(path) }
        end
      end

      attr_accessor :folder

      def inherited(subclass)
        super
        Service.instance_variable_set(:@latest, subclass)
      end

      # Defaults of the top-level setting `name` (the folder's own, or a further one).
      def defaults(name = nil, values = nil)
        @defaults ||= {}
        return @defaults unless name

        @defaults[name] = values
      end
    end

    attr_reader :node, :secrets

    def initialize(node, secrets, resources, changes)
      @node = node
      @secrets = secrets
      @resources = resources
      @changes = changes
    end

    def name
      File.basename(self.class.folder)
    end

    # The service's own settings: gitlab-workhorse is gitlab_workhorse in gitlab.rb.
    def config
      node[name.tr("-", "_")]
    end

    def supervised?
      File.exist?("#{self.class.folder}/run.erb")
    end

    def enabled?
      config["enable"] != false
    end

    # Refuses settings that cannot work, before anything is changed.
    def validate; end

    # Makes the secrets that others may read.
    def prepare_secrets; end

    # What is told at the end of a run that succeeds all the same.
    def warnings
      []
    end

    # Brings files and directories into the wanted state.
    def configure; end

    # Work that needs the services running.
    def after_start; end

    # The runit files of a supervised service.
    def configure_supervision
      %W[#{sv} #{sv}/log #{sv}/control].each { |path| directory(path) }
      run_changed = template("run.erb", "#{sv}/run", mode: 0o755)
      controls.each { |path| @resources.file("#{sv}/control/#{File.basename(path)}", File.read(path), mode: 0o755) }
      file("#{sv}/log/run", shared("log-run.erb"), mode: 0o755)
      file("#{sv}/log/config", shared("log-config.erb"))
      @resources.link("#{log_directory}/config", "#{sv}/log/config")
      changed(:restart) if run_changed
    end

    def sv
      "/opt/gitlab/sv/#{name}"
    end

    def log_directory
      config["log_directory"] || "/var/log/gitlab/#{name}"
    end

    private

    def directory(path, **options)
      @resources.directory(path, **options)
    end

    def file(path, content, **options)
      @resources.file(path, content, **options)
    end

    # Renders one of the folder's templates. `notify` is what the service
    # needs (:restart or :hup) when the file changed.
    def template(source, path, notify: nil, **options)
      changed = @resources.file(path, render("#{self.class.folder}/#{source}"), **options)
      changed(notify) if changed && notify
      changed
    end

    # One file a variable, as chpst -e reads them; whether any changed.
    def environment(path, variables)
      directory(File.dirname(path))
      directory(path)
      changes = variables.map { |name, value| file("#{path}/#{name}", "#{value}\n", kind: "file", sensitive: true) }
      changes += (Dir.children(path) - variables.keys).map { |name| @resources.delete("#{path}/#{name}") }
      changes.any?
    end

    # Lines of JSON carry their own time.
    def json_log?
      config["log_format"] == "json"
    end

    # A value as YAML; JSON is a part of it.
    def yaml(value)
      JSON.generate(value)
    end

    def changed(action, service = name)
      @changes.add(service, action)
    end

    def shared(source)
      render("#{SHARED}/#{source}")
    end

    def render(path)
      erb = ERB.new(File.read(path), trim_mode: "-")
      erb.filename = path
      erb.result(binding)
    end

    # The notice at the top of every rendered file.
    def header(comment = "#")
      HEADER.lines.map { |line| "#{comment} #{line}" }.join
    end

    def controls
      Dir["#{self.class.folder}/control/*"]
    end

    def log_setting(key)
      config.fetch(key) { node["logging"][key] }
    end
  end
end
