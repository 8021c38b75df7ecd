# frozen_string_literal: true

module Entities
  module Projects
    # What this application has not, in the words in which GitLab says so.
    ABSENT = { wiki_enabled: false, jobs_enabled: false, snippets_enabled: false, container_registry_enabled: false,
               packages_enabled: false, lfs_enabled: false, shared_runners_enabled: false, auto_devops_enabled: false,
               wiki_access_level: 'disabled', builds_access_level: 'disabled', snippets_access_level: 'disabled' }.freeze
    MERGING = { merge_requests_enabled: true, merge_requests_access_level: 'enabled', merge_method: 'merge', squash_option: 'never',
                only_allow_merge_if_pipeline_succeeds: false, only_allow_merge_if_all_discussions_are_resolved: false,
                allow_merge_on_skipped_pipeline: nil, remove_source_branch_after_merge: false,
                printing_merge_request_link_enabled: true }.freeze

    module_function

    def full(project, open_issues: nil, access: nil, **)
      identity(project).merge(addresses(project)).merge(ABSENT).merge(MERGING).merge(
        namespace: Namespaces.basic(project.namespace), visibility: project.visibility, archived: false,
        empty_repo: project.repository.cached_empty? || false, issues_enabled: true, issues_access_level: 'enabled',
        repository_access_level: 'enabled', creator_id: project.creator_id,
        import_status: project.forked_from_project_id ? 'finished' : 'none', forked_from_project: forked_from(project, access), open_issues_count: open_issues,
        marked_for_deletion_on: project.pending_delete ? Date.current : nil, can_create_merge_request_in: access&.push_code?(project),
        permissions: permissions(project, access), _links: links(project)
      ).compact
    end

    def identity(project)
      { id: project.id, description: project.description.to_s, name: project.name,
        name_with_namespace: project.full_name, path: project.path, path_with_namespace: project.full_path,
        created_at: project.created_at, updated_at: project.updated_at, last_activity_at: project.last_activity_at,
        default_branch: default_branch(project), tag_list: [], topics: [], star_count: 0, forks_count: project.forks_count }
    end

    # Not to whoever may not know of it.
    def forked_from(project, access)
      source = project.forked_from_project
      return unless source && (access ? access.read?(source) : source.public?)

      identity(source).merge(addresses(source)).merge(namespace: Namespaces.basic(source.namespace))
    end

    def addresses(project)
      readme = project.repository.cached_readme
      { ssh_url_to_repo: project.ssh_url_to_repo, http_url_to_repo: project.http_url_to_repo, web_url: project.web_url,
        readme_url: readme && "#{project.web_url}/-/blob/#{Git::RefName.in_url("#{default_branch(project)}/#{readme}")}" }
    end

    def default_branch(project) = project.repository.cached_root_ref || project.default_branch_name

    # Everybody who asks without a list gets to know what he is here.
    def permissions(project, access)
      level = access&.level(project) or return

      { project_access: level.zero? ? nil : { access_level: level, notification_level: 3 }, group_access: nil }
    end

    def links(project)
      base = Entities.api_url('projects', project.id)
      { self: base, issues: "#{base}/issues", merge_requests: "#{base}/merge_requests", repo_branches: "#{base}/repository/branches",
        events: "#{base}/events", members: "#{base}/members" }
    end
  end
end
