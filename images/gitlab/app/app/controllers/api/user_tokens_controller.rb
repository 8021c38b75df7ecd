# frozen_string_literal: true

module Api
  # An administrator makes a token for somebody.
  class UserTokensController < BaseController
    include CreatesTokens

    before_action :require_admin!

    def create = create_token(User.find_by(id: params[:user_id]) || not_found!('User'))
  end
end
