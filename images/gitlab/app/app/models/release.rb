# frozen_string_literal: true

# A tag with words about it.
class Release < ApplicationRecord
  belongs_to :project
  belongs_to :author, class_name: 'User'

  before_validation do
    self.name = tag if name.blank?
    self.released_at ||= Time.current
  end

  validates :tag, presence: true, uniqueness: { scope: :project_id }
  validates :description, length: { maximum: 1_000_000 }

  def upcoming? = released_at.future?
end
