# frozen_string_literal: true

module Gitlab
  module GitalyClient
    # What goes along with every call: who asks, on whose behalf, and the correlation id that makes
    # the line in Gitaly's log one with those of the application.
    module Metadata
      module_function

      def for(storage, remote: false)
        { 'authorization' => "Bearer #{authorization(GitalyClient.token(storage))}", 'client_name' => client_name,
          'x-gitlab-correlation-id' => Current.correlation_id, 'call_site' => Current.caller_id,
          'remote_ip' => Current.remote_ip, 'user_id' => Current.user&.id&.to_s,
          'username' => Current.user&.username, 'gitaly-servers' => (servers if remote) }.compact
      end

      # Where the repositories of each storage are, and by which token.
      def servers
        known = Settings.storages.keys.index_with { |name| { address: GitalyClient.address(name), token: GitalyClient.token(name) } }
        Base64.strict_encode64(known.to_json)
      end

      # v2.<HMAC of the time, by the token>.<time>: the token itself never travels.
      def authorization(token, time = Time.now.to_i.to_s)
        "v2.#{OpenSSL::HMAC.hexdigest('SHA256', token, time)}.#{time}"
      end

      def client_name
        return 'gitlab-sidekiq' if Sidekiq.server?

        defined?(::Puma::Server) ? 'gitlab-web' : 'gitlab-rails'
      end
    end
  end
end
