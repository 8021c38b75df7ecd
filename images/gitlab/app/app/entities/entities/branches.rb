# frozen_string_literal: true

module Entities
  # Branches, with what the asker may do with them.
  module Branches
    module_function

    def full(branch, project:, access:, merged: [], default: nil)
      name = branch.name
      { name: name, commit: Repository.commit(branch.commit, project: project), merged: name != default && merged.include?(name),
        protected: project.protected_branch?(name), developers_can_push: developers_can?(project, :push, name),
        developers_can_merge: developers_can?(project, :merge, name), can_push: access.push_to_branch?(project, name), default: name == default,
        web_url: Entities.url(project.full_path, '-/tree', Git::RefName.in_url(name)) }
    end

    # Whether protection leaves developers in; GitLab says false where there is none.
    def developers_can?(project, action, name)
      rule = project.protected_branch_rule(name)
      rule ? rule.level_for(action) == Member::LEVELS[:developer] : false
    end
  end
end
