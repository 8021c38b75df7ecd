# frozen_string_literal: true

module Api
  module MergeRequests
    # Who finds a merge request good. Nobody has to.
    class ApprovalsController < BaseController
      include InProject

      allow_anonymous :show, :state
      before_action -> { project_access.read_code?(project) || forbidden! }
      before_action -> { may_approve? || unauthorized! }, only: %i[create destroy]

      def show = answer
      def state = render(json: { approval_rules_overwritten: false, rules: [] })

      def create
        unauthorized! if mine || !merge_request.opened?
        conflict!("SHA does not match HEAD of source branch: #{merge_request.diff_head_sha}") if moved?

        merge_request.approvals.create!(user: current_user)
        answer(:created)
      end

      def destroy
        (mine || not_found!).destroy!
        answer(:created)
      end

      private

      def mine = merge_request.approvals.find_by(user: current_user)
      def may_approve? = project_access.push_code?(project)
      def moved? = params[:sha].present? && params[:sha] != merge_request.diff_head_sha

      def answer(status = :ok)
        render json: Entities::MergeRequests.approvals(merge_request.reload, user: current_user, may_approve: may_approve?), status: status
      end
    end
  end
end
