# frozen_string_literal: true

module MergeRequests
  # Whether a merge request can be merged, and why not. Asking Gitaly for it means a trial merge, so
  # the answer is kept with the two commits it holds for.
  class Mergeability
    BRANCH_GONE = 'branch-gone'

    def initialize(merge_request) = @merge_request = merge_request

    def check
      return unless @merge_request.opened?

      revisions.refresh
      pair = branches? ? "#{@merge_request.diff_head_sha}:#{@merge_request.diff_start_sha}" : BRANCH_GONE
      return if @merge_request.merge_status_for == pair

      status = branches? && trial_merge ? 'can_be_merged' : 'cannot_be_merged'
      @merge_request.update_columns(merge_status: status, merge_status_for: pair)
    end

    # GitLab's word for the first thing that stands in the way.
    def detailed_status
      return 'not_open' unless @merge_request.opened?
      return 'draft_status' if @merge_request.draft?
      return 'broken_status' if branch_gone?
      return @merge_request.merge_status == 'unchecked' ? 'unchecked' : 'conflict' unless can_be_merged?

      revisions.commits? ? 'mergeable' : 'commits_status'
    end

    def mergeable? = detailed_status == 'mergeable'
    def conflicts? = @merge_request.opened? && @merge_request.merge_status == 'cannot_be_merged' && !branch_gone?
    def branch_gone? = @merge_request.merge_status_for == BRANCH_GONE

    private

    def revisions = @merge_request.revisions
    def can_be_merged? = @merge_request.merge_status == 'can_be_merged'

    def branches?
      return @branches if defined?(@branches)

      @branches = revisions.source_branch_exists? && revisions.target_branch_exists?
    end

    def trial_merge
      @merge_request.project.repository
                    .merge_to_ref(@merge_request.author, @merge_request.diff_head_sha, @merge_request.target_branch, @merge_request.merge_ref)
    end
  end
end
