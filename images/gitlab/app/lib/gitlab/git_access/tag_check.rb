# frozen_string_literal: true

module Gitlab
  class GitAccess
    # What may happen to a tag.
    class TagCheck
      MESSAGES = {
        default_branch: 'You cannot use default branch name to create a tag',
        update_protected: 'Protected tags cannot be updated.',
        delete_protected: 'You are not allowed to delete protected tags from this project. ' \
                          'Only a project maintainer or owner can delete a protected tag.',
        delete_outside_web: 'You can only delete protected tags using the web interface.',
        create_protected: 'You are not allowed to create this tag as it is protected.'
      }.freeze

      def initialize(change, actor:, project:, protocol:, **)
        @change = change
        @actor = actor
        @project = project
        @protocol = protocol
      end

      def validate!
        forbidden!(:default_branch) if @change.created? && @change.name == @project.repository.root_ref
        return unless @project.protected_tag?(@change.name)

        forbidden!(:update_protected) if @change.updated?
        @change.deleted? ? check_deletion : check_creation
      end

      private

      def check_deletion
        forbidden!(:delete_protected) unless @actor.access.at_least?(:maintainer, @project)
        forbidden!(:delete_outside_web) unless @protocol == 'web'
      end

      def check_creation
        forbidden!(:create_protected) unless @actor.creates_tag?(@project, @change.name)
      end

      def forbidden!(message) = raise(Forbidden, MESSAGES.fetch(message))
    end
  end
end
