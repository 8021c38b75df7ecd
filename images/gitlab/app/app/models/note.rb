# frozen_string_literal: true

# A comment.
class Note < ApplicationRecord
  belongs_to :noteable, polymorphic: true, counter_cache: :user_notes_count
  belongs_to :project
  belongs_to :author, class_name: 'User'

  validates :note, presence: true, length: { maximum: 1_000_000 }

  before_validation { self.project ||= noteable&.project }
  after_create { project.events.create!(author: author, target: self, action: 'commented') }
end
