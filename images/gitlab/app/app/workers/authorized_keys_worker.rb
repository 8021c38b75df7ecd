# frozen_string_literal: true

# Keeps the authorized_keys file in step with the keys.
class AuthorizedKeysWorker
  include ApplicationWorker

  sidekiq_options queue: 'authorized_keys'

  def perform(action, id, key = nil)
    file = Gitlab::AuthorizedKeys.new
    action == 'add_key' ? file.add([[id, key]]) : file.remove(id)
  end
end
