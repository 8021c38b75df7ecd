# frozen_string_literal: true

module Gitlab
  # The head of a `gitlab-rails console`.
  module ConsoleBanner
    RULE = '-' * 80

    def self.text
      lines = { 'Ruby' => RUBY_DESCRIPTION, 'GitLab' => "#{VERSION} (#{REVISION}) FOSS",
                'PostgreSQL' => EnvInfo.try { Components.postgresql } }
      [RULE, *lines.map { |name, value| " #{"#{name}:".ljust(13)} #{value}" }, RULE].join("\n")
    end
  end
end
