# frozen_string_literal: true

module Gitlab
  # The one way to Gitaly:
  #
  #   GitalyClient.call('default', :ref_service, :find_default_branch_name, request, timeout: :fast)
  #
  # answers the response, or for a streaming call an Enumerator of responses. Errors are those of
  # Gitlab::Git. gRPC and a service's stubs are loaded by the first call that needs them.
  module GitalyClient
    autoload :Connection, 'gitlab/gitaly_client/connection'
    autoload :Details, 'gitlab/gitaly_client/details'
    autoload :Health, 'gitlab/gitaly_client/health'
    autoload :Instrumentation, 'gitlab/gitaly_client/instrumentation'
    autoload :Metadata, 'gitlab/gitaly_client/metadata'
    autoload :Protos, 'gitlab/gitaly_client/protos'

    module_function

    # Seconds. GitLab has the first three in its settings with these defaults; `long` is for jobs and
    # tasks such as a consistency check, never for a web request.
    TIMEOUTS = { fast: 10, medium: 30, default: 55, long: 6 * 60 * 60 }.freeze

    def fast_timeout = TIMEOUTS[:fast]
    def medium_timeout = TIMEOUTS[:medium]
    def long_timeout = TIMEOUTS[:long]

    # timeout: a name of TIMEOUTS, or seconds. remote: for calls that make one Gitaly ask another, or itself.
    def call(storage, service, rpc, request, timeout: :default, remote: false)
      stub = connection(storage).stub(service)
      options = { metadata: Metadata.for(storage, remote: remote), deadline: Time.now + TIMEOUTS.fetch(timeout, timeout) }
      answer = Instrumentation.measure { translating { stub.public_send(rpc, request, **options) } }
      answer.is_a?(Enumerator) ? streamed(answer) : answer
    end

    def address(storage) = storage_settings(storage).fetch('gitaly_address')

    # A storage's own token wins over the common one; none at all is what the Linux package ships.
    def token(storage) = storage_settings(storage)['gitaly_token'].presence || Settings.gitaly['token'].to_s

    # What Workhorse is told about the server.
    def connection_data(storage)
      { address: address(storage), token: token(storage), call_metadata: {} }
    end

    def storage_settings(storage)
      Settings.storages.fetch(storage.to_s) do
        raise Git::UnknownStorage, "storage \"#{storage}\" is not configured in gitlab.yml"
      end
    end

    def connection(storage)
      LOCK.synchronize { connections[address(storage)] ||= Connection.new(address(storage)) }
    end

    # Errors of a stream arrive while it is read.
    def streamed(responses)
      Enumerator.new do |out|
        translating { Instrumentation.each(responses) { |response| out << response } }
      end
    end

    def translating
      yield
    rescue GRPC::BadStatus => e
      raise Git.error(e)
    end

    def connections = @connections ||= {}

    LOCK = Mutex.new
    private_constant :LOCK
  end
end
