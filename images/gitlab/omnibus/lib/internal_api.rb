# frozen_string_literal: true

require "uri"

module Omnibus
  # Where GitLab Shell and Gitaly ask the application for permission: at Workhorse, by its socket where it has one.
  module InternalApi
    def internal_api_url
      chosen = node["gitlab_rails"]["internal_api_url"]
      return chosen if chosen
      return "http://#{workhorse_address}#{node.external_url.path}" unless workhorse_socket?

      "http+unix://#{URI.encode_www_form_component(workhorse_address)}"
    end

    # A path has no place in the URL of a socket.
    def internal_api_path
      workhorse_socket? && !node["gitlab_rails"]["internal_api_url"] ? node.external_url.path : ""
    end

    def workhorse_socket?
      node["gitlab_workhorse"]["listen_network"] == "unix"
    end

    def workhorse_address
      workhorse = node["gitlab_workhorse"]
      workhorse["listen_addr"] || "#{workhorse['sockets_directory'] || "#{workhorse['dir']}/sockets"}/socket"
    end
  end
end
