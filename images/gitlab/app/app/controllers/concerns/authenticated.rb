# frozen_string_literal: true

# The signed-in user of a web page, kept in the session.
module Authenticated
  extend ActiveSupport::Concern

  included do
    before_action :note_request
    before_action :authenticate_user!
    helper_method :current_user
  end

  private

  def current_user
    return @current_user if defined?(@current_user)

    @current_user = User.active.find_by(id: session[:user_id]) if session[:user_id]
  end

  def sign_in(user)
    target = session[:return_to]
    reset_session
    session[:user_id] = user.id
    user.record_sign_in(request.remote_ip)
    target || root_path
  end

  def authenticate_user!
    return Current.user = current_user if current_user
    return if open_to_all?

    session[:return_to] = request.fullpath if page?
    redirect_to new_user_session_path, alert: 'You need to sign in or sign up before continuing.'
  end

  def open_to_all? = false

  # Not the pictures that a browser asks for by itself: nobody wants to come back to those.
  def page? = request.get? && request.headers['Accept'].to_s.include?('text/html')

  def note_request
    Current.caller_id = "#{self.class.name}##{action_name}"
    Current.remote_ip = request.remote_ip
  end
end
