# frozen_string_literal: true

# Deleting is asynchronous, as in GitLab: the API answers 202 and this does the work.
class ProjectDestroyWorker
  include ApplicationWorker

  sidekiq_options queue: 'default'

  def perform(project_id) = Project.find_by(id: project_id)&.destroy!
end
