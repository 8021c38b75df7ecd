# frozen_string_literal: true

module MergeRequests
  # What a push means for the open merge requests into a project and from it.
  class Refresh
    def initialize(project, user)
      @project = project
      @user = user
    end

    def branch_changed(name, _old_oid, new_oid)
      return if Gitlab::Git.blank_sha?(new_oid)

      open.where(target_branch: name).find_each { |merge_request| close_merged(merge_request, new_oid) }
      MergeRequest.opened.where(source_project: @project, source_branch: name).find_each { |merge_request| merge_request.revisions.refresh }
    end

    private

    def open = @project.merge_requests.opened

    # Somebody merged it by hand and pushed the target: it holds all that the source has.
    def close_merged(merge_request, new_oid)
      head = merge_request.diff_head_sha
      return unless merge_request.revisions.commits? && @project.repository.ancestor?(head, new_oid)

      merge_request.mark_merged(@user || merge_request.author, new_oid)
    end
  end
end
