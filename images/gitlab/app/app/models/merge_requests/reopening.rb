# frozen_string_literal: true

module MergeRequests
  # Whether a closed one may be opened again: its branches may be gone, or another may have taken its place.
  class Reopening
    def initialize(merge_request) = @merge_request = merge_request

    def problems = errors.full_messages

    def errors
      @errors ||= @merge_request.project.merge_requests
                                .new(@merge_request.slice(:title, :author, :source_project, :source_branch, :target_branch))
                                .tap(&:valid?).errors
    end
  end
end
