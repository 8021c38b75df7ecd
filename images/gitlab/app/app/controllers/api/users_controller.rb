# frozen_string_literal: true

module Api
  class UsersController < BaseController
    allow_read_with :read_user
    allow_anonymous :index, :show
    before_action :require_admin!, only: %i[create block unblock]

    def index
      forbidden!('Not authorized to access /api/v4/users') unless current_user || params[:username].present?

      users = sorted(filtered, %w[id name username email created_at updated_at], default: 'id')
      render_list users.includes(:namespace), Entities::Users.method(:full), viewer: current_user
    end

    def current = render(json: Entities::Users.full(current_user, viewer: current_user))
    def show = render(json: Entities::Users.full(user, viewer: current_user))

    def create
      check_required
      user = User.new(user_params)
      user.confirmed_at = Time.current if true_param?(:skip_confirmation)
      return render(json: Entities::Users.full(user, viewer: current_user), status: :created) if user.save

      conflict!('Email has already been taken') if user.errors.of_kind?(:email, :taken)
      conflict!('Username has already been taken') if user.errors.of_kind?(:username, :taken)
      raise ActiveRecord::RecordInvalid, user
    end

    def block = change_state('blocked')
    def unblock = change_state('active')

    private

    def user = @user ||= User.find_by(id: params[:id]) || not_found!('User')

    def filtered
      users = User.search(params[:search])
      users = users.where('lower(username) = ?', params[:username].to_s.downcase) if params[:username].present?
      users = users.active if true_param?(:active)
      users = users.blocked if true_param?(:blocked)
      true_param?(:admins) && current_user&.admin? ? users.admins : users
    end

    def check_required
      requires!(:email, :name, :username)
      params[:password] = SecureRandom.base64(24) if %i[force_random_password reset_password].any? { |name| true_param?(name) }
      return if params.key?(:password)

      raise Errors::Refused.new(400, error: 'password, reset_password, force_random_password are missing, ' \
                                            'at least one parameter must be provided')
    end

    def user_params = params.permit(:email, :name, :username, :password, :admin)

    def change_state(state)
      user.update!(state: state)
      render json: true, status: :created
    end
  end
end
