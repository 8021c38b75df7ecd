# frozen_string_literal: true

require "uri"

module Omnibus
  # Everything the templates are rendered from: each service's defaults, with
  # what gitlab.rb says on top.
  class Node
    # The parts of external_url that configurations ask for.
    Address = Struct.new(:url, :scheme, :host, :port, :path) do
      def https?
        scheme == "https"
      end
    end

    attr_reader :settings

    def initialize(settings, defaults)
      @settings = settings
      @values = merge(defaults, settings)
      # gitlab_rails['nginx'] is the newer spelling of nginx and wins.
      @values["nginx"] = merge(self["nginx"], self["gitlab_rails"]["nginx"] || {})
    end

    def [](name)
      @values[name] ||= {}
    end

    # Everything, as plain hashes.
    def to_h
      @values
    end

    def external_url
      @external_url ||= parse(@values["external_url"].to_s)
    end

    private

    def parse(text)
      uri = URI(text)
      raise "GitLab external URL must include a schema and FQDN, e.g. http://gitlab.example.com/" unless uri.host
      raise "Unsupported external URL scheme: #{uri.scheme}" unless %w[http https].include?(uri.scheme)

      Address.new(text.chomp("/"), uri.scheme, uri.host, uri.port, uri.path.chomp("/"))
    rescue URI::InvalidURIError
      raise "GitLab external URL must include a schema and FQDN, e.g. http://gitlab.example.com/"
    end

    def merge(base, over)
      base.merge(over) do |_, old, new|
        old.is_a?(Hash) && new.is_a?(Hash) ? merge(old, new) : new
      end
    end
  end
end
