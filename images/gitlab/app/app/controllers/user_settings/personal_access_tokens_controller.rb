# frozen_string_literal: true

module UserSettings
  # A new token is shown in the answer that creates it, and nowhere else: no redirect, no session.
  class PersonalAccessTokensController < ::ApplicationController
    def index
      @token = PersonalAccessToken.new(expires_at: 30.days.from_now)
      load_tokens
    end

    def create
      @token = current_user.personal_access_tokens.new(token_params)
      @created = @token if @token.save
      response.headers['Cache-Control'] = 'no-store'
      @token = PersonalAccessToken.new(expires_at: 30.days.from_now) if @created
      load_tokens
      render :index, status: @created ? :ok : :unprocessable_entity
    end

    def revoke
      current_user.personal_access_tokens.find_by(id: params[:id])&.revoke!
      redirect_to personal_access_tokens_path, notice: 'Token revoked.', status: :see_other
    end

    private

    def load_tokens
      @tokens = paginated(PersonalAccessToken.active.where(user: current_user).order(id: :desc))
    end

    def token_params = form_params(:personal_access_token, :name, :description, :expires_at, scopes: [])
  end
end
