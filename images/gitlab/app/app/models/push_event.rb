# frozen_string_literal: true

# The activity line of a push, one a branch or tag.
class PushEvent < Event
  has_one :payload, class_name: 'PushEventPayload', foreign_key: :event_id, inverse_of: :event, dependent: :delete, autosave: true

  def self.record(push, change)
    author = push.user || push.project.creator or return

    create!(project: push.project, author: author, action: 'pushed', payload: PushEventPayload.describe(push.repository, change))
  end

  def action_name = payload.action_name
  def target_title = payload.commit_title
end
