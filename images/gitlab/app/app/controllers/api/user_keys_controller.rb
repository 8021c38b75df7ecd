# frozen_string_literal: true

module Api
  # One's own keys below /user, somebody's below /users/:id.
  class UserKeysController < BaseController
    allow_read_with :read_user
    allow_anonymous :index, :show
    before_action :require_owner, only: %i[create destroy]

    def index = render_list(owner.keys.order(:id), Entities::Keys.method(:basic))
    def show = render(json: Entities::Keys.basic(key))

    def create
      requires!(:key, :title)
      render json: Entities::Keys.basic(owner.keys.create!(params.permit(:key, :title, :expires_at))), status: :created
    end

    def destroy
      key.destroy!
      head :no_content
    end

    private

    def key = owner.keys.find_by(id: params[:id]) || not_found!('Key')

    def owner
      return current_user || unauthorized! unless params[:user_id]

      @owner ||= find_user || not_found!('User')
    end

    def find_user
      params[:user_id].match?(/\A\d+\z/) ? User.find_by(id: params[:user_id]) : User.find_by_username(params[:user_id])
    end

    # Keys are public; changing somebody else's is for administrators.
    def require_owner
      unauthorized! unless current_user
      forbidden! unless owner == current_user || current_user.admin?
    end
  end
end
