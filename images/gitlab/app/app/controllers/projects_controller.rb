# frozen_string_literal: true

class ProjectsController < ApplicationController
  include ProjectScoped

  before_action :load_project, only: :show

  def index
    @projects = paginated(Project.visible_to(current_user).includes(:namespace).search(params[:search]).by_activity)
  end

  def show
    @events = @project.events.recent.includes(:author, :target).limit(20)
    @open_issues = @project.issues.opened.count
  end

  def new
    @project = Project.new(namespace: current_user.namespace)
  end

  def create
    @project = Project.new(project_params.merge(creator: current_user))
    if allowed_namespace? && @project.save
      redirect_to project_page_path(@project), notice: "Project '#{@project.name}' was successfully created."
    else
      render :new, status: :unprocessable_entity
    end
  end

  private

  def project_params = form_params(:project, :name, :path, :description, :namespace_id, :visibility)

  def allowed_namespace?
    return true if @project.namespace && ProjectAccess.new(current_user).create_in?(@project.namespace)

    @project.errors.add(:namespace, 'is not valid')
    false
  end
end
