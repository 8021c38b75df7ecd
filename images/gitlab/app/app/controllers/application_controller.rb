# frozen_string_literal: true

# Every web page: signed in unless a controller says otherwise.
class ApplicationController < ActionController::Base
  include Authenticated
  include Paginated
  include LogsRequest
  include RescuesGit

  protect_from_forgery with: :exception

  private

  def not_found = raise(ActionController::RoutingError, 'Not Found')

  # The named fields of one form; anything of another shape is a 400.
  def form_params(name, *fields) = params.permit(name => fields).require(name)

  def require_admin
    not_found unless current_user.admin?
  end
end
