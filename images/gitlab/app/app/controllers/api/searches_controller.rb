# frozen_string_literal: true

module Api
  # GET /search
  class SearchesController < BaseController
    SCOPES = %w[projects issues merge_requests users].freeze

    def index
      requires!(:scope, :search)
      send(one_of!(:scope, SCOPES), params[:search].to_s)
    end

    private

    def projects(text) = render_list(project_access.projects.search(text).by_activity.includes(:namespace), Entities::Projects.method(:full))
    def users(text) = render_list(User.active.search(text).order(:id), Entities::Users.method(:basic))

    def issues(text)
      render_list Issue.where(project_id: visible).search(text).order(id: :desc).includes(:author, :closed_by, project: :namespace),
                  Entities::Issues.method(:full)
    end

    def merge_requests(text)
      render_list MergeRequest.where(project_id: visible).search(text).order(id: :desc).includes(:author, :merged_by, :closed_by, project: :namespace),
                  Entities::MergeRequests.method(:basic)
    end

    def visible = project_access.projects.select(:id)
  end
end
