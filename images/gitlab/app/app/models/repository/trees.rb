# frozen_string_literal: true

class Repository
  # Directories.
  module Trees
    # Directories first, then files.
    def tree(revision, path = '', recursive: false)
      absent_as([]) do
        parts = ask(:commit_service, :get_tree_entries, revision: revision.b, path: (path.presence || '.').b, recursive: recursive,
                                                        sort: :TREES_FIRST, skip_flat_paths: true)
        parts.flat_map { |part| part.entries.map { |raw| Git::TreeEntry.new(raw) } }
      end
    end

    # The newest commit of each entry of a directory: { path => commit }.
    def last_commits(revision, path, limit:)
      folder = path.present? ? "#{path}/" : ''
      parts = ask(:commit_service, :list_last_commits_for_tree, revision: revision, path: folder.b, limit: limit, global_options: literal)
      parts.flat_map { |part| part.commits.to_a }.to_h { |entry| [Git::Text.utf8(entry.path_bytes), Git::Commit.new(entry.commit)] }
    end

    # What stands at a path: :BLOB, :TREE or :COMMIT (a submodule); nil when nothing does.
    def entry_type(revision, path)
      return :TREE if path.blank?

      absent_as(nil) { ask(:commit_service, :tree_entry, revision: revision.b, path: path.b, limit: 1).first&.type }
    end
  end
end
