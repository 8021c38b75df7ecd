# frozen_string_literal: true

class IssuesController < ApplicationController
  include ProjectScoped

  before_action :load_project
  before_action :load_issue, only: %i[show update]

  def index
    @state = Issue::STATES.key?(params[:state]) ? params[:state] : 'opened'
    issues = @project.issues.in_state(@state).search(params[:search])
    @issues = paginated(issues.includes(:author).order(created_at: :desc, id: :desc))
  end

  def show
    @notes = paginated(@issue.notes.includes(:author).order(:id))
  end

  def new
    @issue = @project.issues.new
  end

  def create
    @issue = @project.issues.new(issue_params.merge(author: current_user))
    return redirect_to project_issue_path(issue_path_params) if @issue.save

    render :new, status: :unprocessable_entity
  end

  # Close and reopen.
  def update
    return not_found unless may_update?

    params[:state_event] == 'close' ? @issue.close(current_user) : @issue.reopen(current_user)
    redirect_to project_issue_path(issue_path_params), status: :see_other
  end

  private

  def load_issue
    @issue = @project.issues.find_by(iid: params[:iid]) || not_found
  end

  def issue_params = form_params(:issue, :title, :description)

  def may_update?
    @issue.author == current_user || project_access.at_least?(:reporter, @project)
  end

  def issue_path_params
    { namespace_id: @project.namespace.path, project_id: @project.path, iid: @issue.iid }
  end
end
