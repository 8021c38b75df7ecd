# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # The question of readiness: does Gitaly's own health service say that it serves?
    module Health
      # A probe has to answer soon, also while Gitaly hangs.
      TIMEOUT = 2

      module_function

      # true, or what was wrong.
      def check(storage)
        Protos.stub_class(:health)
        request = ::Grpc::Health::V1::HealthCheckRequest.new
        answer = GitalyClient.call(storage, :health, :check, request, timeout: TIMEOUT)
        answer.status == :SERVING || "status is #{answer.status}"
      rescue Git::Error => e
        e.message
      end

      # What `ServerInfo` tells: version, Git's version, and the storages as Gitaly sees them.
      def info(storage)
        GitalyClient.call(storage, :server_service, :server_info, ::Gitaly::ServerInfoRequest.new, timeout: :fast)
      end
    end
  end
end
