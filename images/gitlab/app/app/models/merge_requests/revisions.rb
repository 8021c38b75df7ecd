# frozen_string_literal: true

module MergeRequests
  # The commits that a merge request compares. They are written down, so that one can still see what
  # it was about when it is merged and its branch is gone.
  class Revisions
    MAX_COMMITS = 500

    def initialize(merge_request) = @merge_request = merge_request

    # From the branches as they are now. Nothing changes when one of them is gone, nor when the target
    # holds all of the source by now: then what was merged stays to be seen.
    def assign
      source = source_repository&.branch(@merge_request.source_branch)&.commit
      target = repository.branch(@merge_request.target_branch)&.commit
      return false unless source && target && fetched?(source)

      common = repository.merge_base(source.id, target.id)
      return false if commits? && common == source.id

      @merge_request.assign_attributes(diff_head_sha: source.id, diff_start_sha: target.id, diff_base_sha: common)
      true
    end

    # Whether it brings anything.
    def commits? = @merge_request.diff_head_sha.present? && @merge_request.diff_head_sha != @merge_request.diff_base_sha

    def refresh
      return unless assign && @merge_request.changed?

      head_moved = @merge_request.diff_head_sha_changed?
      @merge_request.save!(validate: false)
      keep_head if head_moved
    end

    # Git would clean commits away that no ref reaches.
    def keep_head
      repository.write_ref(@merge_request.head_ref, @merge_request.diff_head_sha) if @merge_request.diff_head_sha
    end

    def commits = complete? ? repository.commits_between(base, @merge_request.diff_head_sha, limit: MAX_COMMITS) : []
    def diffs = complete? ? repository.diff(base, @merge_request.diff_head_sha) : Git::DiffList.new([])
    def source_branch_exists? = source_repository&.branch(@merge_request.source_branch).present?
    def target_branch_exists? = repository.branch(@merge_request.target_branch).present?

    # What the target branch has and the source has not.
    def diverged_commits_count
      return 0 unless complete?

      repository.commit_count("#{@merge_request.diff_head_sha}..#{@merge_request.diff_start_sha}")
    end

    # Two histories without a common beginning have no base.
    def base = @merge_request.diff_base_sha || @merge_request.diff_start_sha

    def to_h
      { base_sha: @merge_request.diff_base_sha, head_sha: @merge_request.diff_head_sha, start_sha: @merge_request.diff_start_sha }
    end

    private

    def complete? = @merge_request.diff_head_sha.present? && base.present?
    def repository = @merge_request.project.repository
    def source_repository = @merge_request.source_project&.repository

    # What comes from a fork has to be here to be compared.
    def fetched?(source)
      return true if !@merge_request.across_fork? || source.id == @merge_request.diff_head_sha

      repository.fetch_source_branch(source_repository, @merge_request.source_branch, @merge_request.head_ref)
    end
  end
end
