# frozen_string_literal: true

module Api
  class PushRulesController < BaseController
    include ProjectRules

    NAMES = %i[deny_delete_tag member_check prevent_secrets commit_message_regex commit_message_negative_regex branch_name_regex
               author_email_regex file_name_regex max_file_size].freeze
    # Rules of GitLab's that nobody is held to here.
    IGNORED = %i[commit_committer_check commit_committer_name_check reject_unsigned_commits reject_non_dco_commits].freeze

    before_action(only: %i[create update]) { requires_one_of!(*NAMES, *IGNORED) }

    # null where there is none.
    def show = answer(project.push_rule)

    def create
      refuse!(422, 'Project push rule exists') if project.push_rule
      answer(PushRule.create!(project: project, **changes), :created)
    end

    def update
      rule.update!(changes)
      answer(rule)
    end

    private

    def rule = project.push_rule || not_found!('Push Rule')
    def changes = params.permit(*NAMES).to_h.symbolize_keys
    def answer(rule, status = :ok) = render(json: Entities::Rules.push_rule(rule).to_json, status: status)
  end
end
