# frozen_string_literal: true

module Api
  class IssuesController < BaseController
    include InProject

    allow_anonymous :index, :show

    def index
      issues = project.issues.in_state(params[:state]).search(params[:search])
      issues = issues.where(iid: list_param(:iids)) if params[:iids].present?
      issues = issues.where('labels @> ARRAY[?]::varchar[]', list_param(:labels)) if params[:labels].present?
      sorted = sorted(issues, %w[created_at updated_at title])
      render_list sorted.includes(:author, :closed_by, project: :namespace), Entities::Issues.method(:full)
    end

    def show = render(json: Entities::Issues.full(issue))

    def create
      requires!(:title)
      issue = project.issues.create!(issue_params.merge(author: current_user))
      render json: Entities::Issues.full(issue), status: :created
    end

    def update
      forbidden! unless issue.author == current_user || project_access.at_least?(:reporter, project)
      requires_one_of!(:title, :description, :labels, :state_event)
      event = one_of!(:state_event, %w[close reopen])
      issue.update!(issue_params)
      issue.public_send(event, current_user) if event
      render json: Entities::Issues.full(issue)
    end

    private

    def issue_params
      attributes = params.permit(:title, :description)
      params.key?(:labels) ? attributes.merge(labels: list_param(:labels)) : attributes
    end
  end
end
