# frozen_string_literal: true

module Entities
  module Namespaces
    module_function

    def basic(namespace, **)
      { id: namespace.id, name: namespace.name, path: namespace.path, kind: namespace.kind,
        full_path: namespace.full_path, parent_id: nil, avatar_url: nil, web_url: web_url(namespace) }
    end

    def group(group, **)
      { id: group.id, web_url: web_url(group), name: group.name, path: group.path,
        description: group.description.to_s, visibility: group.visibility, share_with_group_lock: false,
        project_creation_level: 'developer', subgroup_creation_level: 'maintainer', request_access_enabled: true,
        lfs_enabled: true, avatar_url: nil, full_name: group.name, full_path: group.full_path, parent_id: nil,
        created_at: group.created_at }
    end

    def web_url(namespace)
      namespace.kind == 'group' ? Entities.url('groups', namespace.path) : Entities.url(namespace.path)
    end
  end
end
