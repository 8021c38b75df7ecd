# frozen_string_literal: true

# Deleting is asynchronous, as in GitLab: the API answers 202 and this does the work.
class ProjectDestroyWorker
  include ApplicationWorker

  sidekiq_options queue: 'default'

  # The repository first: were Gitaly away, the job is tried again and nothing is left behind.
  def perform(project_id)
    project = Project.find_by(id: project_id) or return

    project.repository.remove
    project.destroy!
  end
end
