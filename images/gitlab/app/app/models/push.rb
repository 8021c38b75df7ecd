# frozen_string_literal: true

# What came in with one push: a list of changes to branches and tags.
class Push
  attr_reader :project, :user, :changes

  def initialize(project, user, changes)
    @project = project
    @user = user
    @changes = Gitlab::GitAccess::Change.parse(changes)
  end

  # The first branch of a project becomes its default branch, and a protected one.
  def first_branch
    created = branches.find(&:created?) or return
    return if project.protected_branches.exists?

    repository.expire_caches
    return unless repository.root_ref == created.name

    repository.change_head(created.name) unless created.name == project.default_branch_name
    project.with_lock { ProtectedBranch.protect!(project, created.name) unless project.protected_branches.exists? }
  end

  # What the terminal shows of merge requests, for each branch that is not the default one.
  def hints
    candidates = branches.reject(&:deleted?)
    return [] if candidates.empty? || candidates.size > 3

    candidates.reject { |change| change.name == repository.root_ref }.map { |change| hint(change.name) }
  end

  # In the background: activity, merge requests, caches.
  def process
    repository.expire_caches
    (branches + tags).each { |change| PushEvent.record(self, change) }
    branches.each { |change| MergeRequests::Refresh.new(project, user).branch_changed(change.name, change.old, change.new) }
    project.touch_activity
  end

  def repository = project.repository
  def branches = changes.select { |change| change.kind == :branch }
  def tags = changes.select { |change| change.kind == :tag }

  private

  def hint(branch)
    existing = MergeRequest.opened.find_by(source_project: project, source_branch: branch)
    return "View merge request for #{branch}:\n  #{merge_requests_url(existing.project)}/#{existing.iid}" if existing

    "To create a merge request for #{branch}, visit:\n  #{merge_requests_url(project)}/new?#{{ merge_request: { source_branch: branch } }.to_query}"
  end

  def merge_requests_url(project) = Entities.url(project.full_path, '-/merge_requests')
end
