# frozen_string_literal: true

# A key that opens projects instead of being a person; its user is who made it.
class DeployKey < Key
  has_many :deploy_keys_projects, dependent: :destroy
  has_many :projects, through: :deploy_keys_projects

  def reads?(project) = deploy_keys_projects.exists?(project: project)
  def pushes?(project) = deploy_keys_projects.exists?(project: project, can_push: true)
end
