# frozen_string_literal: true

module Api
  module MergeRequests
    # PUT .../rebase
    class RebasesController < BaseController
      include InProject

      before_action :authorize_rebase!

      def update
        conflict!('Failed to enqueue the rebase operation, possibly due to a long-lived transaction. Try again later.') if merge_request.rebase_in_progress?

        # Written first: the job may be done before this goes on.
        merge_request.update_columns(rebase_jid: SecureRandom.hex(12), merge_error: nil)
        RebaseWorker.perform_async(merge_request.id, current_user.id)
        render json: { rebase_in_progress: true }, status: :accepted
      end

      private

      def authorize_rebase!
        forbidden! unless project_access.read_code?(project) && merge_request.opened?
        forbidden!('Source branch does not exist') unless merge_request.revisions.source_branch_exists?
        return if project_access.push_to_branch?(merge_request.source_project, merge_request.source_branch)

        forbidden!('Cannot push to source branch')
      end
    end
  end
end
