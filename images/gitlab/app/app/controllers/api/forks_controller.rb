# frozen_string_literal: true

module Api
  # /projects/:id/fork and forks
  class ForksController < BaseController
    include InProject

    allow_anonymous :index

    def index
      forks = project_access.projects.where(forked_from_project: project).search(params[:search])
      render_list sorted(forks, %w[id name path created_at updated_at last_activity_at]).includes(:namespace), Entities::Projects.method(:full)
    end

    def create
      forbidden! unless project_access.read_code?(project)
      fork = NewFork.new(project, current_user, target_namespace, params.permit(:name, :path, :description, :visibility))
      conflict!(fork.project.errors.messages) unless fork.save
      render json: Entities::Projects.full(fork.project, open_issues: 0, access: project_access), status: :created
    end

    # A fork is let go, and a project of its own from then on.
    def destroy
      forbidden! unless project_access.at_least?(:owner, project)
      return head(:not_modified) unless project.forked_from_project

      project.update!(forked_from_project: nil)
      head :no_content
    end

    private

    def target_namespace
      key = params[:namespace_id].presence || params[:namespace_path].presence || params[:namespace].presence or return current_user.namespace
      namespace = Namespace.find_by_path_or_id(key)
      namespace && project_access.create_in?(namespace) ? namespace : not_found!('Target Namespace')
    end
  end
end
