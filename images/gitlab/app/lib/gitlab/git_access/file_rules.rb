# frozen_string_literal: true

module Gitlab
  class GitAccess
    # The push rules about files: what they are called, and how large they are.
    class FileRules
      def initialize(rule, repository)
        @rule = rule
        @repository = repository
      end

      # Of files that the commits add; a file that is there already may be changed and removed.
      def name_problem(commits)
        return unless @rule.looks_at_files?

        @repository.added_paths(commits).each do |path|
          pattern = @rule.prohibits_file(path)
          return %(File name #{path} was prohibited by the pattern "#{pattern}".) if pattern
        end
        nil
      end

      def size_problem(oid)
        return unless @rule.max_file_size.positive?

        large = @repository.new_blobs(oid).find { |blob| blob.size > @rule.max_file_size.megabytes }
        large && %(File "#{large.path}" is larger than the allowed size of #{@rule.max_file_size} MB. Use Git LFS to manage this file.)
      end
    end
  end
end
