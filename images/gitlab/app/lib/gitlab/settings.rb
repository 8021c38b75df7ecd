# frozen_string_literal: true

require 'yaml'
require 'erb'

module Gitlab
  # The files that `gitlab-ctl reconfigure` renders and links into config/. They all keep their
  # values under the environment's name; the tests read production's, as they run in a real box.
  module Settings
    module_function

    def gitlab = read('gitlab').fetch('gitlab', {})
    def monitoring = read('gitlab').fetch('monitoring', nil) || {}
    def secrets = read('secrets')
    def gitaly = read('gitlab')['gitaly'] || {}
    def gitlab_shell = read('gitlab')['gitlab_shell'] || {}
    def workhorse = read('gitlab')['workhorse'] || {}
    def storages = read('gitlab').dig('repositories', 'storages') || {}
    def resque = read('resque')

    def host = gitlab.fetch('host', 'localhost')
    def https? = gitlab['https'] ? true : false
    def port = Integer(gitlab['port'] || (https? ? 443 : 80))
    def email_from = gitlab['email_from'].presence || "gitlab@#{host}"
    def email_display_name = gitlab['email_display_name'].presence || 'GitLab'

    def base_url
      standard = port == (https? ? 443 : 80)
      "#{https? ? 'https' : 'http'}://#{host}#{":#{port}" unless standard}"
    end

    def ssh_host = gitlab_shell['ssh_host'] || gitlab['ssh_host'] || host

    def read(name)
      @files ||= {}
      @files[name] ||= load_file(ROOT.join('config', "#{name}.yml"))
    end

    # A missing file means defaults: the image is migrated before anything was configured.
    def load_file(path)
      return {} unless path.exist?

      document = YAML.safe_load(ERB.new(path.read).result, aliases: true, permitted_classes: [Symbol]) || {}
      document[ENV.fetch('RAILS_ENV')] || document['production'] || {}
    end
  end
end
