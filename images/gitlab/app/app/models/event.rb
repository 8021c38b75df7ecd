# frozen_string_literal: true

# One line of a project's activity.
class Event < ApplicationRecord
  belongs_to :project, optional: true
  belongs_to :author, class_name: 'User'
  belongs_to :target, polymorphic: true, optional: true

  scope :recent, -> { order(id: :desc) }

  def action_name = { 'created' => 'opened', 'commented' => 'commented on' }.fetch(action, action)
  def target_title = target.is_a?(Note) ? target.noteable&.title : target&.title
  def target_iid = target.is_a?(Issue) ? target.iid : target_id
end
