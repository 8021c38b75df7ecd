# frozen_string_literal: true

module Entities
  module Projects
    module_function

    def full(project, open_issues: nil, **)
      identity(project).merge(addresses(project)).merge(
        namespace: Namespaces.basic(project.namespace), visibility: project.visibility, archived: false,
        empty_repo: true, issues_enabled: true, issues_access_level: 'enabled', creator_id: project.creator_id,
        open_issues_count: open_issues, marked_for_deletion_on: project.pending_delete ? Date.current : nil,
        _links: links(project)
      ).compact
    end

    def identity(project)
      { id: project.id, description: project.description.to_s, name: project.name,
        name_with_namespace: project.full_name, path: project.path, path_with_namespace: project.full_path,
        created_at: project.created_at, updated_at: project.updated_at, last_activity_at: project.last_activity_at,
        default_branch: 'main', tag_list: [], topics: [], star_count: 0, forks_count: 0 }
    end

    def addresses(project)
      { ssh_url_to_repo: "git@#{Gitlab::Settings.ssh_host}:#{project.full_path}.git",
        http_url_to_repo: "#{Entities.url(project.full_path)}.git", web_url: Entities.url(project.full_path) }
    end

    def links(project)
      base = Entities.api_url('projects', project.id)
      { self: base, issues: "#{base}/issues", events: "#{base}/events", members: "#{base}/members" }
    end
  end
end
