# frozen_string_literal: true

module Gitlab
  class GitAccess
    # What may happen to a branch.
    class BranchCheck
      MESSAGES = {
        delete_default: 'The default branch of a project cannot be deleted.',
        force_push: 'You are not allowed to force push code to a protected branch on this project.',
        delete_protected: 'You are not allowed to delete protected branches from this project. ' \
                          'Only a project maintainer or owner can delete a protected branch.',
        delete_outside_web: 'You can only delete protected branches using the web interface.',
        merge_protected: 'You are not allowed to merge code into protected branches on this project.',
        push_protected: 'You are not allowed to push code to protected branches on this project.',
        hex_name: 'You cannot create a branch with a 40-character hexadecimal branch name.'
      }.freeze
      HEX_NAME = /\A\h{40}(\h{24})?\z/

      def initialize(change, actor:, project:, repository:, protocol:)
        @change = change
        @actor = actor
        @project = project
        @repository = repository
        @protocol = protocol
      end

      def validate!
        forbidden!(:hex_name) if @change.created? && @change.name.match?(HEX_NAME)
        return check_deletion if @change.deleted?

        rules = ProtectedBranch.rules_for(@project, @change.name)
        return if rules.empty?

        forbidden!(:force_push) if forced? && rules.none?(&:allow_force_push?)
        check_push
      end

      private

      def check_deletion
        forbidden!(:delete_default) if @change.name == @project.repository.root_ref
        return unless @project.protected_branch?(@change.name)

        forbidden!(:delete_protected) unless @actor.access.at_least?(:maintainer, @project)
        forbidden!(:delete_outside_web) unless web?
      end

      # A merge by the web interface may go where its author may merge, though not push.
      def check_push
        return if @actor.pushes_to?(@project, @change.name)

        forbidden!(:push_protected) unless web? && merging?
        forbidden!(:merge_protected) unless @actor.access.merge_to_branch?(@project, @change.name)
      end

      # The new commits still lie in quarantine, where only this repository object looks.
      def forced?
        @change.updated? && !@repository.ancestor?(@change.old, @change.new)
      end

      def merging? = MergeRequest.merging?(@project, @change.name, @change.new)
      def web? = @protocol == 'web'
      def forbidden!(message) = raise(Forbidden, MESSAGES.fetch(message))
    end
  end
end
