# frozen_string_literal: true

class Repository
  # Branches and tags.
  module Refs
    BRANCH_SORTS = { 'updated_asc' => :UPDATED_ASC, 'updated_desc' => :UPDATED_DESC }.freeze
    TAG_SORTS = { 'name' => :REFNAME, 'version' => :VERSION_REFNAME }.freeze
    HEADS = Gitlab::Git::BRANCH_PREFIX
    TAGS = Gitlab::Git::TAG_PREFIX
    MAX_NAMES = 1000

    def branches(sort: nil)
      parts = ask(:ref_service, :find_local_branches, sort_by: BRANCH_SORTS.fetch(sort, :NAME))
      parts.flat_map { |part| part.local_branches.map { |raw| Git::Branch.new(raw.name, raw.target_commit) } }
    end

    def branch(name)
      return unless Git::RefName.plain?(name)

      raw = absent_as(nil) { ask(:ref_service, :find_branch, name: name.b).branch }
      raw && Git::Branch.new(raw.name, raw.target_commit)
    end

    # By name, by version or by date (of the tag or of its commit).
    def tags(order: 'name', descending: false)
      sort = { key: TAG_SORTS.fetch(order, :CREATORDATE), direction: descending ? :DESCENDING : :ASCENDING }
      ask(:ref_service, :find_all_tags, sort_by: sort).flat_map { |part| part.tags.map { |raw| Git::Tag.new(raw) } }
    end

    def tag(name)
      return unless Git::RefName.plain?(name)

      raw = absent_as(nil) { ask(:ref_service, :find_tag, tag_name: name.b).tag }
      raw && Git::Tag.new(raw)
    end

    # Names alone cost no commit each: for lists to choose from.
    def branch_names = ref_names(HEADS)
    def tag_names = ref_names(TAGS)

    # Branches and tags that contain a commit.
    def refs_containing(oid, limit: 100)
      heads = ask(:ref_service, :list_branch_names_containing_commit, commit_id: oid, limit: limit).flat_map { |part| part.branch_names.to_a }
      tags = ask(:ref_service, :list_tag_names_containing_commit, commit_id: oid, limit: limit).flat_map { |part| part.tag_names.to_a }
      { 'branch' => heads, 'tag' => tags }.transform_values { |names| names.map { |name| Git::Text.utf8(name) } }
    end

    # Those of the branches that the default branch contains.
    def merged_branch_names(names)
      return [] if names.empty?

      parts = ask(:ref_service, :find_all_branches, merged_only: true, merged_branches: names.map { |name| "#{HEADS}#{name}".b })
      parts.flat_map { |part| part.branches.map { |raw| Git::Branch.new(raw.name, nil).name } }
    end

    # Those of the revisions that exist, in one question.
    def existing(revisions)
      request = Gitaly::CheckObjectsExistRequest.new(repository: gitaly_repository, revisions: revisions.map(&:b))
      answer = absent_as([]) { send_stream(:commit_service, :check_objects_exist, [request]).to_a }
      answer.flat_map { |part| part.revisions.select(&:exists).map { |one| Git::Text.utf8(one.name) } }
    end

    private

    def ref_names(prefix)
      ask(:ref_service, :list_refs, patterns: [prefix.b]).lazy.flat_map { |part| part.references.to_a }
                                                         .map { |ref| Git::Text.utf8(ref.name).delete_prefix(prefix) }.first(MAX_NAMES)
    end
  end
end
