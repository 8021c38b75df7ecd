# frozen_string_literal: true

class Repository
  # Commits and how they hang together.
  module Commits
    ORDERS = { 'topo' => :TOPO }.freeze
    MAX_COUNT = 1000

    def commit(revision = root_ref)
      return if revision.blank?

      raw = absent_as(nil) { ask(:commit_service, :find_commit, revision: revision.to_s.b, trailers: true).commit }
      raw && Git::Commit.new(raw)
    end

    # Newest first. One more than a page holds tells whether another page follows.
    def commits(revision, limit:, offset: 0, path: nil, **filters)
      paths = [path.presence&.b].compact
      absent_as([]) do
        listed ask(:commit_service, :find_commits, revision: revision.to_s.b, limit: limit, offset: offset, trailers: true,
                                                   paths: paths, global_options: literal, **find_filters(**filters))
      end
    end

    # In `to` and not in `from`; newest first.
    def commits_between(from, to, limit:)
      listed ask(:commit_service, :list_commits, revisions: ["^#{from}", to], pagination_params: { limit: limit })
    end

    def commit_count(revision, path: nil)
      absent_as(0) { ask(:commit_service, :count_commits, revision: revision.b, path: path.to_s.b, global_options: literal).count }
    end

    def last_commit_for(revision, path)
      raw = absent_as(nil) do
        ask(:commit_service, :last_commit_for_path, revision: revision.b, path: path.b, literal_pathspec: true, global_options: literal).commit
      end
      raw && Git::Commit.new(raw)
    end

    def commit_stats(oid)
      stats = ask(:commit_service, :commit_stats, revision: oid.b)
      { additions: stats.additions, deletions: stats.deletions, total: stats.additions + stats.deletions }
    end

    def ancestor?(older, newer)
      absent_as(false) { ask(:commit_service, :commit_is_ancestor, ancestor_id: older, child_id: newer).value }
    end

    def merge_base(*revisions)
      absent_as(nil) { ask(:repository_service, :find_merge_base, revisions: revisions.map(&:b)).base.presence }
    end

    # How many commits each of the two has that the other has not.
    def diverging(from, to)
      counts = ask(:commit_service, :count_diverging_commits, from: from.b, to: to.b, max_count: MAX_COUNT)
      [counts.left_count, counts.right_count]
    end

    private

    def listed(parts) = parts.flat_map { |part| part.commits.map { |raw| Git::Commit.new(raw) } }

    def find_filters(since: nil, before: nil, author: nil, all: false, first_parent: false, order: nil, follow: false)
      { after: timestamp(since), before: timestamp(before), author: author.to_s.b, all: all, first_parent: first_parent,
        order: ORDERS.fetch(order, :NONE), follow: follow }
    end
  end
end
