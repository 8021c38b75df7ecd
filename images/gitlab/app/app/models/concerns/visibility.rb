# frozen_string_literal: true

# GitLab's three visibility levels, by number in the database and by name in the API.
module Visibility
  extend ActiveSupport::Concern

  LEVELS = { 'private' => 0, 'internal' => 10, 'public' => 20 }.freeze

  included do
    validates :visibility_level, inclusion: { in: LEVELS.values, message: 'is not a valid visibility level' }
  end

  def visibility = LEVELS.key(visibility_level)
  def visibility=(name)
    self.visibility_level = LEVELS.fetch(name.to_s, -1)
  end
  def public? = visibility_level == LEVELS['public']
end
