# frozen_string_literal: true

module Oauth
  # POST /oauth/token with grant_type=password: a token without a page or a console.
  class TokensController < ActionController::API
    GRANT_INVALID = 'The user name or the password is wrong, or the user is blocked.'

    def create
      return refuse('unsupported_grant_type', "grant_type 'password' is the only one.") unless params[:grant_type] == 'password'

      user = User.find_by_login(params[:username])
      return refuse('invalid_grant', GRANT_INVALID) unless user&.active? && user.valid_password?(params[:password])

      render json: body(OauthAccessToken.create!(resource_owner: user, scopes: requested_scopes))
    end

    private

    def requested_scopes
      scopes = params[:scope].to_s.split & PersonalAccessToken::SCOPES
      scopes.presence || ['api']
    end

    def body(token)
      { access_token: token.token, token_type: 'Bearer', expires_in: token.expires_in,
        scope: token.scopes.join(' '), created_at: token.created_at.to_i }
    end

    def refuse(error, description)
      render json: { error: error, error_description: description }, status: :bad_request
    end
  end
end
