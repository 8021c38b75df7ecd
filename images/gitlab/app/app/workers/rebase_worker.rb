# frozen_string_literal: true

# Rebasing is asynchronous, as in GitLab: the API answers 202 and this does the work.
class RebaseWorker
  include ApplicationWorker

  sidekiq_options queue: 'default'

  def perform(merge_request_id, user_id)
    merge_request = MergeRequest.find_by(id: merge_request_id) or return

    MergeRequests::Rebase.new(merge_request, User.find(user_id)).call
  end
end
