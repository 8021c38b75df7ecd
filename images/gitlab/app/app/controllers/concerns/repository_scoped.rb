# frozen_string_literal: true

# Pages of a project's repository.
module RepositoryScoped
  extend ActiveSupport::Concern
  include ProjectScoped

  included do
    # The ending of an address is that of a file or ref, not what the client wants to be given.
    before_action { request.format = :html }
    before_action :load_project
    before_action :require_code_access
    helper_method :repository, :default_ref
  end

  private

  delegate :repository, to: :@project

  # As in GitLab: whoever may not read the code is not told that there is any.
  def require_code_access
    not_found unless project_access.read_code?(@project)
  end

  def require_push_access
    not_found unless project_access.push_code?(@project)
  end

  # An empty repository has no files; its page says how to fill it.
  def require_content
    redirect_to project_page_path(@project) if default_ref.nil?
  end

  def default_ref
    return @default_ref if defined?(@default_ref)

    @default_ref = repository.root_ref
  end

  # "<ref>/<path>" of the address, or the default branch.
  def load_ref
    located = Git::RefPath.new(repository, params[:id].presence || default_ref)
    @ref = located.ref
    @path = located.path
    @commit = located.commit || not_found
  end

  # One record more than the page holds tells whether another follows.
  def git_page
    size = per_page
    Git::Page.new(yield(limit: size + 1, offset: (page_number - 1) * size), number: page_number, size: size)
  end

  def repository_path(kind, *parts) = helpers.repository_path(@project, kind, *parts)
end
