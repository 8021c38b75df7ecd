# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # One channel to one Gitaly, shared by all threads and all services.
    class Connection
      # A dead connection is noticed soon, and Gitaly is back at most a second after its restart:
      # gRPC's own default waits up to two minutes.
      ARGUMENTS = { 'grpc.keepalive_time_ms' => 20_000, 'grpc.keepalive_permit_without_calls' => 1,
                    'grpc.initial_reconnect_backoff_ms' => 100, 'grpc.min_reconnect_backoff_ms' => 1000,
                    'grpc.max_reconnect_backoff_ms' => 1000, 'grpc.enable_retries' => 1,
                    'grpc.max_receive_message_length' => -1 }.freeze

      def initialize(address)
        @address = address
        @stubs = {}
        @lock = Mutex.new
      end

      def stub(service)
        @lock.synchronize do
          @stubs[service] ||= Protos.stub_class(service).then do |type|
            type.new(nil, nil, channel_override: channel)
          end
        end
      end

      private

      def channel
        @channel ||= GRPC::ClientStub.setup_channel(nil, target, credentials, ARGUMENTS.dup)
      end

      # GitLab writes tcp://host:port, gRPC wants host:port; both write unix:/path.
      def target = @address.sub(%r{\A(tcp|tls)://}, '').sub(%r{\Aunix://}, 'unix:')

      def credentials
        return :this_channel_is_insecure unless @address.start_with?('tls://')

        GRPC::Core::ChannelCredentials.new(File.read(OpenSSL::X509::DEFAULT_CERT_FILE))
      end
    end
  end
end
