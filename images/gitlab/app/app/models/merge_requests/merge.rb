# frozen_string_literal: true

module MergeRequests
  # Merges one, on behalf of a user.
  class Merge
    def initialize(merge_request, user, message: nil)
      @merge_request = merge_request
      @user = user
      @message = message.presence
    end

    # Git::Refused when Gitaly's hooks decline, or the branch moved meanwhile.
    def call(remove_source_branch: @merge_request.remove_source_branch)
      merge_commit = merge
      # The push that this is for Gitaly may have told us already.
      @merge_request.reload
      @merge_request.mark_merged(@user, merge_commit) unless @merge_request.merged?
      @merge_request.update_columns(merge_commit_sha: merge_commit, merged_by_id: @user.id)
      remove_branch if remove_source_branch
    end

    # In the shape of GitLab's own default.
    def message
      @message || <<~TEXT.strip
        Merge branch '#{@merge_request.source_branch}' into '#{@merge_request.target_branch}'

        #{@merge_request.title}

        See merge request #{@merge_request.project.full_path}#{@merge_request.to_reference}
      TEXT
    end

    private

    # The internal API must know the commit before the branch moves to it.
    def merge
      repository.merge(@user, @merge_request.diff_head_sha, @merge_request.target_branch, message) do |commit|
        @merge_request.update_columns(in_progress_merge_commit_sha: commit)
      end
    ensure
      @merge_request.update_columns(in_progress_merge_commit_sha: nil)
    end

    # It is merged either way; a branch that may not be removed stays.
    def remove_branch
      source = @merge_request.source_project&.repository
      return if source.nil? || @merge_request.source_branch == source.root_ref

      source.delete_branch(@user, @merge_request.source_branch)
    rescue Git::Refused, Gitlab::Git::CommandError => e
      Gitlab::ErrorTracking.log_exception(e, merge_request_id: @merge_request.id)
    end

    def repository = @merge_request.project.repository
  end
end
