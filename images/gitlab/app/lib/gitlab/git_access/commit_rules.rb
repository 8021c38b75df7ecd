# frozen_string_literal: true

module Gitlab
  class GitAccess
    # The push rules about a commit: its message, and who made it.
    class CommitRules
      def initialize(rule) = @rule = rule

      # The first thing that is wrong with it, in words.
      def problem(commit) = message_problem(commit) || email_problem(commit) || member_problem(commit)

      private

      def message_problem(commit)
        unless @rule.allows?(:commit_message_regex, commit.message)
          return "Commit message does not follow the pattern '#{@rule.commit_message_regex}'"
        end
        return unless @rule.forbids?(:commit_message_negative_regex, commit.message)

        "Commit message contains the forbidden pattern '#{@rule.commit_message_negative_regex}'"
      end

      def email_problem(commit)
        { 'Committer' => commit.committer_email, 'Author' => commit.author_email }.each do |role, email|
          next if @rule.allows?(:author_email_regex, email)

          return "#{role}'s email '#{email}' does not follow the pattern '#{@rule.author_email_regex}'"
        end
        nil
      end

      def member_problem(commit)
        return unless @rule.member_check

        { 'Author' => commit.author_email, 'Committer' => commit.committer_email }.each do |role, email|
          return "#{role} '#{email}' is not a member of team" unless known?(email)
        end
        nil
      end

      # Pushes bring many commits of few people.
      def known?(email) = (@known ||= Hash.new { |known, one| known[one] = User.exists?(['lower(email) = ?', one.downcase]) })[email]
    end
  end
end
