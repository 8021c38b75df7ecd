# frozen_string_literal: true

# Writes a new issue's activity event and tells the project's people by mail. The event is how one
# sees from outside that the queue new_issue is served.
class NewIssueWorker
  include ApplicationWorker

  sidekiq_options queue: 'new_issue'

  def perform(issue_id, author_id)
    issue = Issue.find_by(id: issue_id) or return

    Event.find_or_create_by!(project: issue.project, target: issue, action: 'created', author_id: author_id)
    issue.project.touch_activity
    Notify.new_issue_email(issue.id).deliver_later
  end
end
