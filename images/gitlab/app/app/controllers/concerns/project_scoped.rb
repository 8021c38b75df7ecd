# frozen_string_literal: true

# Pages under /<namespace>/<project>. What one may not see does not exist, as in GitLab.
module ProjectScoped
  extend ActiveSupport::Concern

  included { helper_method :project_page_path, :project_access }

  private

  def load_project
    @project = Project.find_by_full_path("#{params[:namespace_id]}/#{params[:project_id]}")
    not_found unless @project && project_access.read?(@project)
  end

  def project_access = @project_access ||= ProjectAccess.new(current_user)
  def project_page_path(project) = "/#{project.full_path}"
end
