# frozen_string_literal: true

module Entities
  module Tokens
    module_function

    def basic(token, **)
      { id: token.id, name: token.name, revoked: token.revoked, created_at: token.created_at,
        description: token.description, scopes: token.scopes, user_id: token.user_id,
        last_used_at: token.last_used_at, active: token.active?, expires_at: token.expires_at }
    end

    def deploy(token, **)
      { id: token.id, name: token.name, username: token.username, expires_at: token.expires_at, scopes: token.scopes,
        revoked: token.revoked, expired: token.expired? }
    end

    def deploy_with_secret(token) = deploy(token).merge(token: token.token)

    # Only in the answer that created it.
    def with_secret(token, **) = basic(token).merge(token: token.token)
  end
end
