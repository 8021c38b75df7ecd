# frozen_string_literal: true

# Who may make the tags of a name, or of a pattern with *; once made, they stay as they are.
class ProtectedTag < ApplicationRecord
  include NamesRefs

  LEVELS = ProtectedBranch::LEVELS

  belongs_to :project

  validates :create_access_level, inclusion: { in: LEVELS.keys }

  def self.rules_for(project, tag) = project.protected_tags.select { |rule| rule.matches?(tag) }
end
