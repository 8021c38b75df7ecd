# frozen_string_literal: true

module Api
  class IssuesController < BaseController
    include InProject

    allow_anonymous :index, :show

    def index = render_filtered(project.issues)

    # Of all projects that the asker may see: those he wrote, unless he asks for all.
    def everywhere
      issues = Issue.where(project_id: project_access.projects.select(:id))
      issues = issues.where(author: current_user) unless params[:scope] == 'all'
      render_filtered(issues)
    end

    def show = render(json: Entities::Issues.full(issue))

    def create
      requires!(:title)
      issue = project.issues.create!(issue_params.merge(author: current_user))
      render json: Entities::Issues.full(issue), status: :created
    end

    def update
      forbidden! unless issue.author == current_user || project_access.at_least?(:reporter, project)
      requires_one_of!(:title, :description, :labels, :state_event, :assignee_id, :assignee_ids, :milestone_id, :due_date, :confidential,
                       :add_labels, :remove_labels, :discussion_locked)
      event = one_of!(:state_event, %w[close reopen])
      issue.update!(issue_params)
      issue.public_send(event, current_user) if event
      render json: Entities::Issues.full(issue)
    end

    def destroy
      forbidden! unless project_access.at_least?(:owner, project)
      issue.destroy!
      head :no_content
    end

    private

    def render_filtered(issues)
      issues = issues.in_state(params[:state]).search(params[:search])
      issues = issues.where(iid: list_param(:iids)) if params[:iids].present?
      issues = issues.where('labels @> ARRAY[?]::varchar[]', list_param(:labels)) if params[:labels].present?
      sorted = sorted(issues, %w[created_at updated_at title])
      render_list sorted.includes(:author, :closed_by, project: :namespace), Entities::Issues.method(:full)
    end

    def issue_params
      labels = params.key?(:labels) ? list_param(:labels) : @issue&.labels.to_a
      params.permit(:title, :description).merge(labels: (labels | list_param(:add_labels)) - list_param(:remove_labels))
    end
  end
end
