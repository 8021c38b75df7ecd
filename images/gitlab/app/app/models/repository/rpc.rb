# frozen_string_literal: true

class Repository
  # Questions to Gitaly in one line each: the request's class is named after the call.
  module Rpc
    # Things of the repository itself; whatever else is "not found" is a wrong ref or path.
    BROKEN = /repository|storage/i

    private

    def ask(service, rpc, timeout: :medium, **fields)
      call(service, rpc, :"#{rpc.to_s.camelize}Request", timeout: timeout, **fields)
    end

    # For calls whose requests are a stream themselves.
    def send_stream(service, rpc, requests, timeout: :medium, remote: false)
      Gitlab::GitalyClient.call(storage, service, rpc, requests, timeout: timeout, remote: remote)
    end

    # Revisions and paths come from addresses that anybody may type: what does not exist, or cannot,
    # is absent. A repository that is gone is not.
    def absent_as(default)
      yield
    rescue Gitlab::Git::InvalidArgument
      default
    rescue Gitlab::Git::NoRepository => e
      raise if e.details.match?(BROKEN)

      default
    end

    def timestamp(time) = time && { seconds: time.to_i }
    def literal = { literal_pathspecs: true }
  end
end
