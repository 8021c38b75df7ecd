# frozen_string_literal: true

# A deploy key in a project. The last project takes a key that is not public along.
class DeployKeysProject < ApplicationRecord
  belongs_to :deploy_key
  belongs_to :project

  validates :deploy_key_id, uniqueness: { scope: :project_id, message: 'already exists in project' }, allow_nil: true

  after_destroy :remove_last

  private

  def remove_last
    return if destroyed_by_association&.active_record == DeployKey || deploy_key.public?

    deploy_key.destroy! unless deploy_key.deploy_keys_projects.exists?
  end
end
