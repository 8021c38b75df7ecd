# frozen_string_literal: true

class Repository
  # Differences between two commits, file by file.
  module Diffs
    # GitLab's figures: more than that helps nobody and costs memory.
    LIMITS = { max_files: 1000, max_lines: 50_000, max_bytes: 5.megabytes, max_patch_bytes: 200.kilobytes,
               safe_max_files: 100, safe_max_lines: 5000, safe_max_bytes: 500.kilobytes }.freeze
    # What stands in for the parent of a first commit.
    EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

    def diff(left, right, **limits)
      parts = ask(:diff_service, :commit_diff, left_commit_id: left, right_commit_id: right, enforce_limits: true,
                                               collapse_diffs: false, **LIMITS, **limits)
      collect(parts)
    end

    def commit_diff(commit, **) = diff(commit.parent_ids.first || EMPTY_TREE, commit.id, **)

    private

    # A file may come in several parts.
    def collect(parts)
      files = []
      parts.slice_after { |part| part.end_of_patch || part.overflow_marker }.each do |file|
        return Git::DiffList.new(files, overflow: true) if file.last.overflow_marker

        files << Git::Diff.new(file)
      end
      Git::DiffList.new(files)
    end
  end
end
