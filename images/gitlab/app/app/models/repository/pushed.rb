# frozen_string_literal: true

class Repository
  # What a push brings and no branch or tag had before. Asked while it lies in quarantine.
  module Pushed
    Blob = Struct.new(:path, :size)

    # Newest first.
    def new_commits(oid) = listed(ask(:commit_service, :list_commits, revisions: new_ones(oid)))

    # Files that the commits add, each by its path.
    def added_paths(commits)
      return [] if commits.empty?

      requests = commits.map { |commit| { commit_request: { commit_revision: commit.id } } }
      parts = ask(:diff_service, :find_changed_paths, requests: requests)
      parts.flat_map { |part| part.paths.select { |path| path.status == :ADDED }.map { |path| Git::Text.utf8(path.path) } }
    end

    # Their sizes, not their contents.
    def new_blobs(oid)
      parts = ask(:blob_service, :list_blobs, revisions: new_ones(oid), with_paths: true, bytes_limit: 0)
      parts.flat_map { |part| part.blobs.map { |blob| Blob.new(Git::Text.utf8(blob.path), blob.size) } }
    end

    private

    def new_ones(oid) = [oid, '--not', '--all']
  end
end
