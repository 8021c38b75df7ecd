# frozen_string_literal: true

module MergeRequestsHelper
  OBSTACLES = {
    'draft_status' => 'This is a draft: take the mark out of its title before merging.',
    'conflict' => 'Merge blocked: merge conflicts must be resolved.',
    'broken_status' => 'Merge blocked: a branch of this merge request does not exist any more.',
    'commits_status' => 'There is nothing to merge: the source branch has no commit that the target branch has not.',
    'mergeable' => 'Ready to be merged by someone with write access to the target branch.'
  }.freeze

  def merge_request_state(merge_request)
    return 'draft' if merge_request.opened? && merge_request.draft?

    merge_request.opened? ? 'open' : merge_request.state
  end

  def merge_icon(merge_request)
    return 'merge' if merge_request.merged?

    merge_request.opened? && merge_request.mergeability.mergeable? ? 'done' : 'stop'
  end

  def merge_obstacle(merge_request)
    OBSTACLES.fetch(merge_request.mergeability.detailed_status) { 'Whether it can be merged is not known yet.' }
  end
end
