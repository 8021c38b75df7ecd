# frozen_string_literal: true

module Omnibus
  # Why a run was refused; the message is the whole explanation.
  class Abort < StandardError; end

  # How reconfigure tells people that it failed.
  module Failure
    RECIPE = "/opt/gitlab/embedded/cookbooks/cache/cookbooks/gitlab/recipes/default.rb"
    RULE = "=" * 80

    # The whole text for an error raised while gitlab.rb was read ("compile") or later.
    def self.text(error, compiling:)
      parts = []
      parts << compile_banner(error) if compiling
      parts << "Running handlers:"
      parts << "There was an error running gitlab-ctl reconfigure:\n\n#{error.message}\n"
      parts << "Running handlers complete"
      parts << "FATAL: #{error.class}: #{error.message}"
      parts.join("\n")
    end

    def self.compile_banner(error)
      name = error.class.name
      <<~TEXT

        #{RULE}
        Recipe Compile Error in #{RECIPE}
        #{RULE}

        #{name}
        #{'-' * name.length}
        #{error.message.chomp}

        Cookbook Trace: (most recent call first)
        ----------------------------------------
        #{trace(error)}
        #{excerpt(error)}
      TEXT
    end

    def self.trace(error)
      lines = (error.backtrace || []).grep(%r{\A/(etc|assets)/|\A\(GITLAB_OMNIBUS_CONFIG\)})
      lines.map { |line| "  #{line}" }.join("\n")
    end

    # The lines around the one that the error names, marked as in a compiler's message.
    def self.excerpt(error)
      where = "#{error.message}\n#{error.backtrace&.join("\n")}"[%r{(/etc/gitlab/gitlab\.rb):(\d+)}]
      return "" unless where

      path, number = where.split(":")
      number = number.to_i
      lines = File.readlines(path, chomp: true)
      shown = ([number - 3, 1].max..[number + 3, lines.size].min).map do |line|
        format("%3d%s %s", line, line == number ? ">>" : ": ", lines[line - 1])
      end
      "Relevant File Content:\n----------------------\n#{path}:\n\n#{shown.join("\n")}\n"
    end

    private_class_method :compile_banner, :trace, :excerpt
  end
end
