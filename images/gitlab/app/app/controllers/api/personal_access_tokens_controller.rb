# frozen_string_literal: true

module Api
  class PersonalAccessTokensController < BaseController
    include CreatesTokens

    def index
      render_list filtered.order(id: :desc), Entities::Tokens.method(:basic)
    end

    def show = render(json: Entities::Tokens.basic(token))
    def create = create_token(current_user)

    def current = render(json: Entities::Tokens.basic(own_token))

    def destroy = revoke(token)
    def revoke_current = revoke(own_token)

    private

    def visible = current_user.admin? ? PersonalAccessToken.all : current_user.personal_access_tokens
    def token = visible.find_by(id: params[:id]) || not_found!
    def own_token = access_token.is_a?(PersonalAccessToken) ? access_token : not_found!('Personal Access Token')

    # Every token may ask about itself, whatever its scope.
    def read_scopes = action_name == 'current' ? PersonalAccessToken::SCOPES : super

    def filtered
      tokens = visible
      tokens = tokens.where(user_id: params[:user_id]) if params[:user_id].present?
      tokens = tokens.where(revoked: true_param?(:revoked)) if params.key?(:revoked)
      { 'active' => :active, 'inactive' => :inactive }[params[:state]].then { |name| name ? tokens.public_send(name) : tokens }
    end

    def revoke(token)
      token.revoke!
      head :no_content
    end
  end
end
