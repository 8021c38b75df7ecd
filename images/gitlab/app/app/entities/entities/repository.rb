# frozen_string_literal: true

module Entities
  # Commits, refs and files. Times of commits keep the time zone of whoever wrote them.
  module Repository
    module_function

    def commit(commit, project:, **)
      return unless commit

      { id: commit.id, short_id: commit.short_id, created_at: time(commit.committed_at), parent_ids: commit.parent_ids,
        title: commit.title, message: commit.message, author_name: commit.author_name, author_email: commit.author_email,
        authored_date: time(commit.authored_at), committer_name: commit.committer_name,
        committer_email: commit.committer_email, committed_date: time(commit.committed_at), trailers: commit.trailers,
        extended_trailers: commit.trailer_lists, web_url: Entities.url(project.full_path, '-/commit', commit.id) }
    end

    def commit_detail(commit, project:, stats: nil)
      fields = commit(commit, project: project).merge(stats: stats, status: nil, project_id: project.id, last_pipeline: nil)
      stats ? fields : fields.except(:stats)
    end

    def commit_with_stats(commit, project:, **)
      commit(commit, project: project).merge(stats: project.repository.commit_stats(commit.id))
    end

    def tree_entry(entry, **) = { id: entry.id, name: entry.name, type: entry.type, path: entry.path, mode: entry.mode }

    def tag(tag, project:, **)
      { name: tag.name, message: tag.message, target: tag.target, commit: commit(tag.commit, project: project), release: nil,
        protected: project.protected_tag?(tag.name), created_at: tag.created_at && time(tag.created_at) }
    end

    def diff(diff, **)
      { diff: diff.patch, collapsed: diff.collapsed?, too_large: diff.too_large?, new_path: diff.new_path, old_path: diff.old_path,
        a_mode: diff.old_mode, b_mode: diff.new_mode, new_file: diff.new_file?, renamed_file: diff.renamed_file?,
        deleted_file: diff.deleted_file?, generated_file: false }
    end

    def compare(compare, project:, **)
      { commit: commit(compare.commit, project: project), commits: compare.commits.reverse.map { |one| commit(one, project: project) },
        diffs: compare.diffs.map { |one| diff(one) }, compare_timeout: compare.diffs.overflow?, compare_same_ref: compare.same?,
        web_url: Entities.url(project.full_path, '-/compare', "#{compare.from.id}...#{compare.to.id}") }
    end

    def file(blob, ref:, commit:, last_commit:)
      { file_name: blob.name, file_path: blob.path, size: blob.size, encoding: 'base64', content_sha256: blob.sha256, ref: ref,
        blob_id: blob.id, commit_id: commit.id, last_commit_id: last_commit&.id, execute_filemode: blob.executable? }
    end

    def blamed(commit)
      { id: commit.id, parent_ids: commit.parent_ids, message: commit.message, authored_date: time(commit.authored_at),
        author_name: commit.author_name, author_email: commit.author_email, committed_date: time(commit.committed_at),
        committer_name: commit.committer_name, committer_email: commit.committer_email }
    end

    def commit_note(note, **)
      { note: note.note, path: note.path, line: note.line, line_type: note.line_type, author: Users.basic(note.author), created_at: note.created_at }
    end

    def time(time) = time.iso8601(3).sub(/Z\z/, '+00:00')
  end
end
