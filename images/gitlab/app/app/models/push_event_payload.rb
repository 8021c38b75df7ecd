# frozen_string_literal: true

# What was pushed, in the shape of API v4's push_data.
class PushEventPayload < ApplicationRecord
  self.primary_key = :event_id

  ACTIONS = { 'created' => 'pushed new', 'removed' => 'deleted', 'pushed' => 'pushed to' }.freeze

  belongs_to :event, class_name: 'PushEvent', inverse_of: :payload

  def self.describe(repository, change)
    action = { change.created? => 'created', change.deleted? => 'removed' }.fetch(true, 'pushed')
    title = change.deleted? ? nil : repository.commit(change.new)&.title
    new(action: action, ref_type: change.kind.to_s, ref: change.name, commit_count: count(repository, change), commit_title: title&.truncate(70),
        commit_from: change.created? ? nil : change.old, commit_to: change.deleted? ? nil : change.new)
  end

  # New branches count what the default branch does not have.
  def self.count(repository, change)
    return 0 if change.deleted? || change.kind == :tag

    from = change.created? ? repository.root_ref : change.old
    return repository.commit_count(change.new) if from.nil? || from == change.name

    repository.commit_count("#{from}..#{change.new}")
  end

  def action_name = ACTIONS.fetch(action)
  def branch? = ref_type == 'branch'
end
