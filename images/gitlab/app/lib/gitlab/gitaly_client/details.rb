# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # The typed errors of Gitaly's operations: a google.rpc.Status in the trailers, whose details
    # are messages packed as google.protobuf.Any.
    module Details
      TRAILER = 'grpc-status-details-bin'
      PREFIX = 'type.googleapis.com/'

      module_function

      def find(grpc, type)
        any = packed(grpc).find { |detail| detail.type_url == "#{PREFIX}#{type.descriptor.name}" }
        any && type.decode(any.value)
      end

      def packed(grpc)
        bytes = grpc.metadata[TRAILER] or return []

        require 'google/rpc/status_pb'
        Google::Rpc::Status.decode(bytes).details
      end
    end
  end
end
