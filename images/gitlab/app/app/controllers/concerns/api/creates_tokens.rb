# frozen_string_literal: true

module Api
  module CreatesTokens
    private

    def create_token(user)
      requires!(:name, :scopes)
      token = user.personal_access_tokens.new(params.permit(:name, :description, :expires_at))
      token.scopes = list_param(:scopes)
      token.expires_at ||= PersonalAccessToken::MAX_LIFETIME.from_now
      unprocessable!(token) unless token.save
      render json: Entities::Tokens.with_secret(token), status: :created
    end

    def unprocessable!(token) = refuse!(422, token.errors.full_messages.to_sentence)
  end
end
