# frozen_string_literal: true

module Api
  module Internal
    class KeysController < BaseController
      # Whom Shell welcomes; null is Anonymous.
      def discover
        user = actor.user
        render json: user && { id: user.id, name: user.name, username: user.username }
      end

      # sshd's AuthorizedKeysCommand.
      def authorized_keys
        requires!(:key)
        key = Key.find_by_encoded(params[:key]) || not_found!('Key')
        render json: { id: key.id, title: key.title, key: key.key, created_at: key.created_at, expires_at: key.expires_at }
      end
    end
  end
end
