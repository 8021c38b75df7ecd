# frozen_string_literal: true

module Entities
  # Rules of a project for what is pushed to it.
  module Rules
    module_function

    def push_rule(rule, **)
      return unless rule

      { id: rule.id, project_id: rule.project_id, created_at: rule.created_at }
        .merge(rule.slice(*PushRule::PATTERNS, :deny_delete_tag, :member_check, :prevent_secrets, :max_file_size))
        .merge(commit_committer_check: nil, commit_committer_name_check: nil, reject_unsigned_commits: nil, reject_non_dco_commits: nil)
    end

    def protected_tag(rule, **)
      { name: rule.name, create_access_levels: [{ id: rule.id, access_level: rule.create_access_level,
                                                  access_level_description: ProtectedTag::LEVELS[rule.create_access_level], deploy_key_id: nil }] }
    end
  end
end
