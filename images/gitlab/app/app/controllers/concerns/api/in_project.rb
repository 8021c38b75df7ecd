# frozen_string_literal: true

module Api
  # Resources below /projects/:project_id.
  module InProject
    private

    def project = @project ||= find_project!(params[:project_id])

    def issue
      @issue ||= project.issues.find_by(iid: params[:iid] || params[:issue_iid]) || not_found!('Issue')
    end

    def merge_request
      @merge_request ||= project.merge_requests.find_by(iid: params[:iid] || params[:merge_request_iid]) || not_found!('Merge Request')
    end
  end
end
