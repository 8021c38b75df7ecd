# frozen_string_literal: true

class ProjectsController < ApplicationController
  include ProjectScoped

  before_action :load_project, only: :show

  def index
    @projects = paginated(Project.visible_to(current_user).includes(:namespace).search(params[:search]).by_activity)
  end

  # Its issues and activity are there also when the repository is not.
  def show
    @events = @project.events.recent.includes(:author, :target).limit(20)
    @may_read_code = project_access.read_code?(@project)
    load_files if @may_read_code
  rescue Gitlab::Git::NoRepository => e
    Gitlab::ErrorTracking.log_exception(e, project_id: @project.id)
    @problem = 'The repository for this project does not exist.'
  end

  def new
    @project = Project.new(namespace: current_user.namespace)
  end

  def create
    creation = NewProject.new(current_user, nil, project_params.except(:initialize_with_readme), readme: project_params[:initialize_with_readme] == '1')
    @project = creation.project
    if allowed_namespace? && creation.save
      redirect_to project_page_path(@project), notice: "Project '#{@project.name}' was successfully created."
    else
      render :new, status: :unprocessable_entity
    end
  end

  private

  helper_method def repository = @project.repository

  def project_params = form_params(:project, :name, :path, :description, :namespace_id, :visibility, :initialize_with_readme)

  def load_files
    @ref = repository.root_ref or return
    @commit = repository.commit("refs/heads/#{@ref}") or return
    @listing = Git::TreeListing.new(repository, @commit, '')
    @readme = Git::Readme.find(@project, @commit)
  end

  def allowed_namespace?
    return true if @project.namespace && ProjectAccess.new(current_user).create_in?(@project.namespace)

    @project.errors.add(:namespace, 'is not valid')
    false
  end
end
