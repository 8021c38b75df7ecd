# frozen_string_literal: true

module Git
  # What `to` has that `from` has not. Unless straight, from where the two parted, as `git diff a...b`.
  class Compare
    MAX_COMMITS = 250

    attr_reader :from, :to

    def initialize(repository, from, to, straight: false)
      @repository = repository
      @from = from
      @to = to
      @straight = straight
    end

    def base = @base ||= @straight ? from.id : @repository.merge_base(from.id, to.id)
    def same? = from.id == to.id
    def commits = @commits ||= @repository.commits_between(from.id, to.id, limit: MAX_COMMITS)
    def commit = commits.first

    # Two histories that never met have no base; then everything counts.
    def diffs(**limits) = @diffs ||= @repository.diff(base.presence || from.id, to.id, **limits)
  end
end
