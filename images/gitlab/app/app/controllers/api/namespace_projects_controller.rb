# frozen_string_literal: true

module Api
  # The projects of a group, or of a user.
  class NamespaceProjectsController < BaseController
    allow_anonymous :index

    def index
      projects = sorted(visible.where(namespace: namespace).search(params[:search]), %w[id name path created_at updated_at last_activity_at])
      render_list projects.includes(:namespace), Entities::Projects.method(:full)
    end

    private

    def namespace = params.key?(:group_id) ? group : user.namespace
    def group = Group.visible_to(current_user).find_by_path_or_id(params[:group_id]) || not_found!('Group')

    # By number, or by name as glab does.
    def user
      key = params[:user_id].to_s
      (key.match?(/\A\d+\z/) ? User.find_by(id: key) : User.find_by_username(key)) || not_found!('User')
    end

    def visible
      projects = project_access.projects
      level = Visibility::LEVELS[one_of!(:visibility, Visibility::LEVELS.keys)]
      level ? projects.where(visibility_level: level) : projects
    end
  end
end
