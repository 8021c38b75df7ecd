# frozen_string_literal: true

module Omnibus
  # The Git storages as the application knows them.
  module Storages
    ADDRESSES = { "tls_listen_addr" => "tls://", "socket_path" => "unix:", "listen_addr" => "tcp://" }.freeze

    # Those of Gitaly on this box, unless gitlab_rails['repositories_storages'] names others.
    def repositories_storages
      local = gitaly_configuration["storage"].to_h { |storage| storage.values_at("name", "path") }
      wanted = node["gitlab_rails"]["repositories_storages"] || local.transform_values { {} }
      wanted.to_h do |name, storage|
        [name, { "path" => local[name], "gitaly_address" => gitaly_address }.merge(storage).compact]
      end
    end

    private

    # The best of all addresses that Gitaly listens on.
    def gitaly_address
      key = ADDRESSES.keys.find { |name| !gitaly_configuration[name].to_s.empty? }
      key && "#{ADDRESSES[key]}#{gitaly_configuration[key]}"
    end

    def gitaly_configuration
      node["gitaly"]["configuration"]
    end
  end
end
