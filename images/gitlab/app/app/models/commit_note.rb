# frozen_string_literal: true

# A comment on a commit, perhaps on a line of its changes.
class CommitNote < ApplicationRecord
  LINE_TYPES = %w[new old].freeze

  belongs_to :project
  belongs_to :author, class_name: 'User'

  validates :note, presence: true, length: { maximum: 1_000_000 }
end
