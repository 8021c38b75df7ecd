# frozen_string_literal: true

module Git
  # A directory as a page shows it: its entries, each with its newest commit where that is cheap.
  class TreeListing
    # More files than that are not shown, and commits are looked up for the first of them only.
    MAX_ENTRIES = 1000
    MAX_COMMITS = 100

    attr_reader :entries, :total

    def initialize(repository, commit, path)
      @repository = repository
      @commit = commit
      @path = path
      all = repository.tree(commit.id, path).sort_by(&:rank)
      @total = all.size
      @entries = all.first(MAX_ENTRIES)
    end

    def shortened? = total > entries.size
    def last_commit(entry) = last_commits[entry.path]

    private

    def last_commits = @last_commits ||= @repository.last_commits(@commit.id, @path, limit: MAX_COMMITS)
  end
end
