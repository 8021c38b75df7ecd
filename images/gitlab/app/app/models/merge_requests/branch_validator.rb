# frozen_string_literal: true

module MergeRequests
  # Two branches that exist, differ, and are not already in another open merge request together.
  class BranchValidator < ActiveModel::Validator
    def validate(merge_request)
      @merge_request = merge_request
      return if merge_request.source_branch.blank? || merge_request.target_branch.blank?

      check_fork || check_difference || check_existence || check_only_one
    end

    private

    def check_fork
      return if source && [source, source.forked_from_project].compact.intersect?([target, target.forked_from_project])

      @merge_request.errors.add(:validate_fork, 'Source project is not a fork of the target project')
    end

    def check_difference
      return if @merge_request.across_fork? || @merge_request.source_branch != @merge_request.target_branch

      @merge_request.errors.add(:branch_conflict, "You can't use same project/branch for source and target")
    end

    def check_existence
      missing = { source_branch: source, target_branch: target }.reject { |side, project| project.repository.branch(@merge_request.public_send(side)) }
      missing.each_key { |side| @merge_request.errors.add(side, 'does not exist') }.any?
    end

    def check_only_one
      other = others.first or return

      @merge_request.errors.add(:validate_branches, "Another open merge request already exists for this source branch: #{other.to_reference}")
    end

    def others
      @merge_request.project.merge_requests.opened.where.not(id: @merge_request.id)
                    .where(source_project: source, source_branch: @merge_request.source_branch, target_branch: @merge_request.target_branch)
    end

    def source = @merge_request.source_project
    def target = @merge_request.project
  end
end
