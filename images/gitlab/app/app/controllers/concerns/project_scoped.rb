# frozen_string_literal: true

# Pages under /<namespace>/<project>. What one may not see does not exist, as in GitLab.
module ProjectScoped
  extend ActiveSupport::Concern

  included { helper_method :project_page_path, :project_access }

  private

  # Pages that change nothing.
  READING = %w[index show raw switch].freeze

  def load_project
    @project = named_project
    not_found unless @project && project_access.read?(@project)
  end

  def named_project = Project.find_by_full_path("#{params[:namespace_id]}/#{params[:project_id]}")

  # A public project is read without signing in.
  def open_to_all?
    request.get? && READING.include?(action_name) && (project = named_project) && project.public? && !project.pending_delete?
  end

  def project_access = @project_access ||= ProjectAccess.new(current_user)
  def project_page_path(project) = "/#{project.full_path}"
end
