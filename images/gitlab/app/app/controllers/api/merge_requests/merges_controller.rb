# frozen_string_literal: true

module Api
  module MergeRequests
    # PUT .../merge
    class MergesController < BaseController
      include InProject

      before_action :authorize_read_code!

      def update
        unauthorized! unless project_access.merge_to_branch?(project, merge_request.target_branch)

        merge_request.mergeability.check
        refuse!(405, '405 Method Not Allowed') unless merge_request.opened? && !merge_request.draft?
        refuse!(422, 'Branch cannot be merged') unless merge_request.mergeability.mergeable?
        check_sha
        merge
        render json: Entities::MergeRequests.full(merge_request, user: current_user, access: project_access)
      end

      private

      def authorize_read_code! = project_access.read_code?(project) || forbidden!

      def check_sha
        return if params[:sha].blank? || params[:sha] == merge_request.diff_head_sha

        refuse!(409, "SHA does not match HEAD of source branch: #{merge_request.diff_head_sha}")
      end

      def merge
        remove = params.key?(:should_remove_source_branch) ? true_param?(:should_remove_source_branch) : merge_request.remove_source_branch
        ::MergeRequests::Merge.new(merge_request, current_user, message: params[:merge_commit_message]).call(remove_source_branch: remove)
      rescue Git::Refused => e
        refuse!(422, e.message)
      end
    end
  end
end
