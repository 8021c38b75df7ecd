# frozen_string_literal: true

module Api
  class ProjectsController < BaseController
    # Settings that a client may send and that change nothing here.
    IGNORED = %i[issues_enabled merge_requests_enabled merge_method squash_option topics archived lfs_enabled
                 remove_source_branch_after_merge only_allow_merge_if_pipeline_succeeds].freeze

    allow_anonymous :index, :show

    def index
      projects = sorted(filtered, %w[id name path created_at updated_at last_activity_at])
      render_list projects.includes(:namespace), Entities::Projects.method(:full)
    end

    def show
      project = find_project!(params[:id])
      render json: Entities::Projects.full(project, open_issues: project.issues.opened.count, access: project_access)
    end

    def create
      requires_one_of!(:name, :path)
      project = NewProject.new(current_user, target_namespace, new_project_params, readme: true_param?(:initialize_with_readme)).create!
      render json: Entities::Projects.full(project, open_issues: 0, access: project_access), status: :created
    end

    def update
      project = find_project!(params[:id])
      forbidden! unless project_access.at_least?(:maintainer, project)
      requires_one_of!(:name, :description, :visibility, :default_branch, *IGNORED)
      change_default_branch(project) if params[:default_branch].present?
      project.update!(project_params.except(:path))
      render json: Entities::Projects.full(project, open_issues: project.issues.opened.count, access: project_access)
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

    def new_project_params = project_params.merge(initial_branch: initial_branch)

    def initial_branch
      name = params[:default_branch].presence
      name.nil? || Git::RefName.plain?(name) ? name : refuse!(400, { default_branch: ['is invalid'] })
    end

    def change_default_branch(project)
      name = params[:default_branch].to_s
      refuse!(400, base: ["Could not change HEAD: branch '#{name}' does not exist"]) unless project.repository.branch(name)

      project.repository.change_head(name)
    end

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
