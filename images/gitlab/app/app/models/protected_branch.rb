# frozen_string_literal: true

# Who may push to or merge into the branches of a name, or of a pattern with *.
class ProtectedBranch < ApplicationRecord
  include NamesRefs

  NO_ACCESS = 0
  ADMIN = 60
  LEVELS = { NO_ACCESS => 'No one', 30 => 'Developers + Maintainers', 40 => 'Maintainers', ADMIN => 'Administrators' }.freeze
  # ApplicationSetting#default_branch_protection: what becomes of a new project's default branch.
  DEFAULTS = { 1 => { push_access_level: 30, merge_access_level: 30, allow_force_push: true },
               2 => { push_access_level: 40, merge_access_level: 40 },
               3 => { push_access_level: 40, merge_access_level: 30 } }.freeze

  belongs_to :project

  validates :push_access_level, :merge_access_level, inclusion: { in: LEVELS.keys }

  # Until the first push every branch of a project is guarded as its default branch will be.
  def self.rules_for(project, branch)
    rules = project.protected_branches.to_a
    return rules.select { |rule| rule.matches?(branch) } if rules.any?

    options = default_options
    options && project.repository.empty? ? [new(project: project, name: branch, **options)] : []
  end

  def self.default_options = DEFAULTS[ApplicationSetting.current.default_branch_protection]

  def self.protect!(project, branch)
    options = default_options
    project.protected_branches.create!(name: branch, **options) if options
  end
end
