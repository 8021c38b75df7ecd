# frozen_string_literal: true

module MergeRequests
  # Puts the commits of a merge request on top of its target branch. What goes wrong is written down
  # where a client looks for it.
  class Rebase
    CONFLICT = 'Rebase failed: Rebase locally, resolve all conflicts, then push the branch.'

    def initialize(merge_request, user)
      @merge_request = merge_request
      @user = user
    end

    def call
      rebase
      note_error(nil)
      @merge_request.revisions.refresh
    rescue Git::Refused => e
      note_error(e.message == 'Merge conflict' ? CONFLICT : "Rebase failed: #{e.message}")
    rescue Gitlab::Git::Error => e
      Gitlab::ErrorTracking.log_exception(e, merge_request_id: @merge_request.id)
      note_error('Rebase failed. Please try again.')
    ensure
      @merge_request.update_columns(rebase_jid: nil)
    end

    private

    def rebase
      source = @merge_request.source_project.repository
      target = @merge_request.across_fork? ? @merge_request.project.repository : source
      branch = @merge_request.source_branch
      source.rebase(@user, branch, source.branch(branch).commit.id, onto: @merge_request.target_branch, onto_repository: target)
    end

    def note_error(text) = @merge_request.update_columns(merge_error: text)
  end
end
