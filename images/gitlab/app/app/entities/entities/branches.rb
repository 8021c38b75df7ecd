# frozen_string_literal: true

module Entities
  # Branches, with what the asker may do with them.
  module Branches
    module_function

    def full(branch, project:, access:, merged: [], default: nil)
      name = branch.name
      rules = project.protected_branches.select { |rule| rule.matches?(name) }
      { name: name, commit: Repository.commit(branch.commit, project: project), merged: name != default && merged.include?(name),
        protected: rules.any?, developers_can_push: developers_can?(rules, :push_access_level),
        developers_can_merge: developers_can?(rules, :merge_access_level), can_push: access.push_to_branch?(project, name),
        default: name == default, web_url: "#{project.web_url}/-/tree/#{Git::RefName.in_url(name)}" }
    end

    # Whether a rule lets developers in; false also where there is none.
    def developers_can?(rules, kind) = rules.any? { |rule| rule[kind] == Member::LEVELS[:developer] }
  end
end
