# frozen_string_literal: true

class SessionsController < ApplicationController
  skip_before_action :authenticate_user!, only: %i[new create]
  before_action :skip_when_signed_in, only: :new

  def new; end

  def create
    user = User.find_by_login(login)
    if user&.valid_password?(credentials[:password]) && user.active?
      redirect_to sign_in(user), notice: 'Signed in successfully.'
    else
      refuse(user)
    end
  end

  def destroy
    reset_session
    redirect_to new_user_session_path, notice: 'Signed out successfully.', status: :see_other
  end

  private

  def refuse(user)
    Gitlab::JsonLogger.auth.warn(message: 'Failed Login', username: login, ip: request.remote_ip,
                                 remote_ip: request.remote_ip, request_method: request.request_method,
                                 path: request.path, blocked: user&.blocked? || false)
    @login = login
    flash.now[:alert] = 'Invalid login or password.'
    render :new, status: :unprocessable_entity
  end

  def login = credentials[:login].to_s.strip
  def credentials = params.permit(user: %i[login password]).fetch(:user, {})

  def skip_when_signed_in
    redirect_to root_path if current_user
  end
end
