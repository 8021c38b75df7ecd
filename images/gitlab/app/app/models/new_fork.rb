# frozen_string_literal: true

# Copies a project to where somebody may change it.
class NewFork
  attr_reader :project

  # A fork is never seen by more people than its source.
  def initialize(source, creator, namespace, attributes)
    @source = source
    visibility = [source.visibility, attributes[:visibility].presence].compact.min_by { |name| Visibility::LEVELS.fetch(name, 0) }
    given = attributes.to_h.symbolize_keys.compact_blank.except(:visibility)
    @project = Project.new({ name: source.name, path: source.path, description: source.description }
      .merge(given, visibility: visibility, creator: creator, namespace: namespace, forked_from_project: source))
  end

  def save
    return false unless @project.save

    root_ref = @project.repository.root_ref
    ProtectedBranch.protect!(@project, root_ref) if root_ref
    true
  end
end
