# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # The stubs that were generated from Gitaly's protocol files, loaded service by service.
    module Protos
      DIRECTORY = ENV.fetch('GITALY_RUBY_DIR', '/opt/gitlab/embedded/lib/gitaly-ruby')
      LOCK = Monitor.new
      private_constant :LOCK

      # Debian's gRPC is older than its Ruby, which warns once a class about something harmless.
      module QuietAllocators
        def warn(message, **) = message.include?('undefining the allocator of T_DATA class') ? nil : super
      end

      # Services whose file is called otherwise.
      FILES = { operation_service: 'operations' }.freeze

      module_function

      # :repository_service -> Gitaly::RepositoryService::Stub
      def stub_class(service)
        return health_stub if service == :health

        load_service(service)
        ::Gitaly.const_get(service.to_s.camelize, false).const_get(:Stub)
      end

      def load_service(service) = load_file("#{FILES.fetch(service) { service.to_s.delete_suffix('_service') }}_services_pb")

      def load_file(name)
        LOCK.synchronize do
          $LOAD_PATH << DIRECTORY unless $LOAD_PATH.include?(DIRECTORY)
          Warning.extend(QuietAllocators)
          require name
        end
      end

      def health_stub
        load_file('grpc/health/v1/health_services_pb')
        ::Grpc::Health::V1::Health::Stub
      end
    end
  end
end
