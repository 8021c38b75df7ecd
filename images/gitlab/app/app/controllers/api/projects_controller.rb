# frozen_string_literal: true

module Api
  class ProjectsController < BaseController
    allow_anonymous :index, :show

    def index
      projects = sorted(filtered, %w[id name path created_at updated_at last_activity_at])
      render_list projects.includes(:namespace), Entities::Projects.method(:full)
    end

    def show
      project = find_project!(params[:id])
      render json: Entities::Projects.full(project, open_issues: project.issues.opened.count)
    end

    def create
      requires_one_of!(:name, :path)
      project = Project.create!(project_params.merge(creator: current_user, namespace: target_namespace))
      render json: Entities::Projects.full(project, open_issues: 0), status: :created
    end

    # Marks it now; a job of the queue `default` removes it.
    def destroy
      project = find_project!(params[:id])
      forbidden! unless project_access.at_least?(:owner, project)

      project.update!(pending_delete: true)
      ProjectDestroyWorker.perform_async(project.id)
      render json: { message: '202 Accepted' }, status: :accepted
    end

    private

    def project_params = params.permit(:name, :path, :description, :visibility)

    def target_namespace
      return current_user.namespace if params[:namespace_id].blank?

      namespace = Namespace.find_by_path_or_id(params[:namespace_id]) || not_found!('Namespace')
      project_access.create_in?(namespace) ? namespace : forbidden!
    end

    def filtered
      projects = Project.visible_to(current_user).search(params[:search])
      level = Visibility::LEVELS[one_of!(:visibility, Visibility::LEVELS.keys)]
      projects = projects.where(visibility_level: level) if level
      projects = projects.where(creator: current_user) if true_param?(:owned) && current_user
      projects
    end
  end
end
