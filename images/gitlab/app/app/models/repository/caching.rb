# frozen_string_literal: true

class Repository
  # What lists of projects show of each repository, kept in Redis so that a list costs no call to
  # Gitaly for each of its lines, and is still answered while Gitaly is away.
  module Caching
    FACTS = %w[root_ref empty readme].freeze

    def cached_root_ref = cached('root_ref') { root_ref }
    def cached_empty? = cached('empty') { empty? }
    # The path of the README in the default branch.
    def cached_readme = cached('readme') { readme_path(root_ref) }

    def expire_caches
      Gitlab::Redis::Cache.with { |redis| redis.del(*FACTS.map { |fact| cache_key(fact) }) }
    end

    private

    def cached(fact)
      known = Gitlab::Redis::Cache.with { |redis| redis.get(cache_key(fact)) }
      return JSON.parse(known) if known

      yield.tap { |value| Gitlab::Redis::Cache.with { |redis| redis.set(cache_key(fact), value.to_json, ex: 2.weeks.to_i) } }
    rescue Gitlab::Git::CommandError, Gitlab::Git::UnknownStorage
      nil
    end

    def cache_key(fact) = "cache:gitlab:#{fact}:#{full_path}:#{project.id}"
  end
end
