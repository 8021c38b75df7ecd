# frozen_string_literal: true

class Repository
  # Directories.
  module Trees
    # Directories first, then files.
    def tree(revision, path = '', recursive: false)
      absent_as([]) { tree_entries(tree_parts(revision, path, recursive)) }
    end

    # At most so many entries after the one that the token names, and the token of the next page.
    def tree_page(revision, path, recursive:, limit:, token:)
      absent_as([[], nil]) do
        parts = tree_parts(revision, path, recursive, pagination_params: { page_token: token, limit: limit }).to_a
        [tree_entries(parts), parts.filter_map { |part| part.pagination_cursor&.next_cursor.presence }.last]
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

    private

    def tree_parts(revision, path, recursive, **)
      ask(:commit_service, :get_tree_entries, revision: revision.b, path: (path.presence || '.').b, recursive: recursive,
                                              sort: :TREES_FIRST, skip_flat_paths: true, **)
    end

    def tree_entries(parts) = parts.flat_map { |part| part.entries.map { |raw| Git::TreeEntry.new(raw) } }
  end
end
