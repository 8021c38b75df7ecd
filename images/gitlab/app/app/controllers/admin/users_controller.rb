# frozen_string_literal: true

module Admin
  class UsersController < Admin::ApplicationController
    before_action :load_user, only: %i[show update]

    def index
      @users = paginated(User.search(params[:search]).order(:username))
    end

    def show; end

    def new
      @user = User.new
    end

    def create
      @user = User.new(user_params.merge(confirmed_at: Time.current))
      return redirect_to(admin_users_path, notice: "User '#{@user.username}' was created.") if @user.save

      render :new, status: :unprocessable_entity
    end

    # Block and unblock.
    def update
      return redirect_to(admin_users_path, alert: 'You cannot block yourself.') if @user == current_user

      params[:state_event] == 'block' ? @user.block! : @user.activate!
      redirect_to admin_user_path(@user), notice: 'Saved.', status: :see_other
    end

    private

    def load_user
      @user = User.find_by_username(params[:id]) || not_found
    end

    def user_params
      form_params(:user, :name, :username, :email, :password, :password_confirmation, :admin)
    end
  end
end
