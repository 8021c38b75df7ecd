# frozen_string_literal: true

module Gitlab
  # gitlab:git:fsck: every repository is checked by git fsck, which Gitaly runs.
  class GitFsck
    def initialize(out: $stdout) = @out = out

    def run
      failures = []
      Project.order(:id).find_each { |project| failures << project unless check(project) }
      report(failures)
      failures.empty?
    end

    private

    def check(project)
      errors = project.repository.fsck
      @out.puts "Performed Checking integrity at #{project.repository.relative_path} (#{project.full_path})"
      @out.puts errors unless errors.empty?
      errors.empty?
    rescue Git::Error => e
      @out.puts "Performed Checking integrity at #{project.repository.relative_path} (#{project.full_path})", e.message
      false
    end

    def report(failures)
      return @out.puts('Done') if failures.empty?

      @out.puts 'The following repositories reported errors:'
      failures.each { |project| @out.puts "- #{project.repository.relative_path} (#{project.full_path})" }
    end
  end
end
