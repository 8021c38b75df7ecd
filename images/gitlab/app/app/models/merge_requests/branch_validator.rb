# frozen_string_literal: true

module MergeRequests
  # Two branches that exist, differ, and are not already in another open merge request together.
  class BranchValidator < ActiveModel::Validator
    def validate(merge_request)
      @merge_request = merge_request
      return if merge_request.source_branch.blank? || merge_request.target_branch.blank?

      check_difference || check_existence || check_only_one
    end

    private

    def check_difference
      return unless @merge_request.source_branch == @merge_request.target_branch

      @merge_request.errors.add(:branch_conflict, "You can't use same project/branch for source and target")
    end

    def check_existence
      missing = %i[source_branch target_branch].reject { |side| repository.branch(@merge_request.public_send(side)) }
      missing.each { |side| @merge_request.errors.add(side, 'does not exist') }.any?
    end

    def check_only_one
      other = others.first or return

      @merge_request.errors.add(:validate_branches, "Another open merge request already exists for this source branch: #{other.to_reference}")
    end

    def others
      @merge_request.project.merge_requests.opened.where.not(id: @merge_request.id)
                    .where(source_branch: @merge_request.source_branch, target_branch: @merge_request.target_branch)
    end

    def repository = @merge_request.project.repository
  end
end
