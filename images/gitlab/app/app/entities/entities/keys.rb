# frozen_string_literal: true

module Entities
  module Keys
    module_function

    def basic(key, **)
      { id: key.id, title: key.title, created_at: key.created_at, expires_at: key.expires_at, last_used_at: key.last_used_at,
        key: key.key, usage_type: 'auth_and_signing' }
    end

    def with_user(key, viewer:, **)
      basic(key).merge(user: key.user && Users.full(key.user, viewer: viewer))
    end

    def deploy(key, **)
      basic(key).except(:usage_type).merge(fingerprint: key.fingerprint, fingerprint_sha256: "SHA256:#{key.fingerprint_sha256}")
    end

    # In one project.
    def in_project(link, **) = deploy(link.deploy_key).merge(can_push: link.can_push)

    # To administrators, with every project.
    def with_projects(key, **)
      writing, reading = key.deploy_keys_projects.partition(&:can_push)
      deploy(key).merge(projects_with_write_access: writing.map { |link| Projects.identity(link.project) },
                        projects_with_readonly_access: reading.map { |link| Projects.identity(link.project) })
    end

    def protected_branch(rule, **)
      { id: rule.id, name: rule.name, push_access_levels: [level(rule, rule.push_access_level)],
        merge_access_levels: [level(rule, rule.merge_access_level)], allow_force_push: rule.allow_force_push }
    end

    def level(rule, number)
      { id: rule.id, access_level: number, access_level_description: ProtectedBranch::LEVELS[number], deploy_key_id: nil }
    end
  end
end
