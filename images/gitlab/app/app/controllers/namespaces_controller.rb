# frozen_string_literal: true

# /<group> and /<user>: the projects in there.
class NamespacesController < ApplicationController
  def show
    @namespace = Namespace.find_by_full_path(params[:namespace_id]) || not_found
    visible = Project.visible_to(current_user).where(namespace: @namespace)
    not_found unless visible.exists? || open_to_visitor?
    @projects = paginated(visible.includes(:namespace).by_activity)
  end

  private

  # A user's page is no secret; a group's is, unless it is visible to this user.
  def open_to_visitor?
    !@namespace.is_a?(Group) || Group.visible_to(current_user).exists?(@namespace.id)
  end
end
