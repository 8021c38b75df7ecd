# frozen_string_literal: true

module Gitlab
  class GitAccess
    # What the project's push rules say to one change.
    class PushRuleCheck
      def initialize(change, project:, repository:, protocol:, **)
        @change = change
        @project = project
        @repository = repository
        @protocol = protocol
        @rule = project.push_rule
      end

      def validate!
        return unless @rule

        check_tag if @change.kind == :tag
        return if @change.deleted?

        check_branch if @change.kind == :branch
        refuse(FileRules.new(@rule, @repository).size_problem(@change.new))
      rescue PushRule::BadPattern => e
        raise Forbidden, e.message
      end

      private

      def check_tag
        refuse('You cannot delete a tag') if @change.deleted? && @rule.deny_delete_tag && @protocol != 'web'
      end

      def check_branch
        refuse(name_problem)
        return unless @rule.looks_at_commits?

        commits = @repository.new_commits(@change.new)
        rules = CommitRules.new(@rule)
        commits.each { |commit| refuse(rules.problem(commit)) }
        refuse(FileRules.new(@rule, @repository).name_problem(commits))
      end

      # The default branch was there before the rule.
      def name_problem
        return if @rule.allows?(:branch_name_regex, @change.name) || @change.name == @project.repository.root_ref

        "Branch name '#{@change.name}' does not follow the pattern '#{@rule.branch_name_regex}'"
      end

      def refuse(problem)
        raise Forbidden, problem if problem
      end
    end
  end
end
