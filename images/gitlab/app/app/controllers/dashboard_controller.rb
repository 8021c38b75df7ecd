# frozen_string_literal: true

class DashboardController < ApplicationController
  # The front page asks the visitor to sign in without a reproach.
  skip_before_action :authenticate_user!
  before_action { current_user ? authenticate_user! : redirect_to(new_user_session_path) }

  def show
    @projects = paginated(Project.visible_to(current_user).includes(:namespace).search(params[:search]).by_activity)
  end
end
