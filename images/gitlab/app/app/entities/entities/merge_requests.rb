# frozen_string_literal: true

module Entities
  module MergeRequests
    module_function

    # As lists show it: nothing here asks Gitaly.
    def basic(merge_request, **)
      identity(merge_request).merge(state(merge_request)).merge(merging(merge_request)).merge(people(merge_request))
                             .merge(counts(merge_request)).merge(addresses(merge_request))
    end

    def full(merge_request, user: nil, access: nil)
      basic(merge_request).merge(
        subscribed: false, changes_count: changes_count(merge_request), latest_build_started_at: nil, latest_build_finished_at: nil,
        first_deployed_to_production_at: nil, pipeline: nil, head_pipeline: nil, diff_refs: merge_request.revisions.to_h,
        merge_error: merge_request.merge_error, first_contribution: false, user: { can_merge: user && access ? access.merge_to_branch?(merge_request.project, merge_request.target_branch) : false }
      )
    end

    def with_changes(merge_request, **)
      diffs = merge_request.revisions.diffs
      full(merge_request, **).merge(changes: diffs.map { |diff| Repository.diff(diff) }, overflow: diffs.overflow?)
    end

    # Also with what the request asks for by name.
    def with_progress(merge_request, params, **)
      fields = full(merge_request, **)
      fields[:rebase_in_progress] = merge_request.rebase_in_progress? if params[:include_rebase_in_progress].present?
      fields[:diverged_commits_count] = merge_request.revisions.diverged_commits_count if params[:include_diverged_commits_count].present?
      fields
    end

    def approvals(merge_request, user:, may_approve:)
      by = merge_request.approvals.includes(:user).order(:id).map(&:user)
      identity(merge_request).slice(:id, :iid, :project_id, :title, :description, :created_at, :updated_at)
                             .merge(state: merge_request.state, merge_status: merge_request.merge_status, approved: by.any?,
                                    approvals_required: 0, approvals_left: 0, require_password_to_approve: false,
                                    approved_by: by.map { |one| { user: Users.basic(one) } }, suggested_approvers: [], approvers: [],
                                    approver_groups: [], user_has_approved: by.include?(user), user_can_approve: may_approve && by.exclude?(user))
    end

    def identity(merge_request)
      { id: merge_request.id, iid: merge_request.iid, project_id: merge_request.project_id, title: merge_request.title,
        description: merge_request.description, created_at: merge_request.created_at, updated_at: merge_request.updated_at,
        target_branch: merge_request.target_branch, source_branch: merge_request.source_branch, source_project_id: merge_request.source_project_id,
        target_project_id: merge_request.project_id, labels: merge_request.labels, draft: merge_request.draft?,
        work_in_progress: merge_request.draft?, imported: false, imported_from: 'none' }
    end

    def state(merge_request)
      { state: merge_request.state, merged_by: Users.basic(merge_request.merged_by), merge_user: Users.basic(merge_request.merged_by),
        merged_at: merge_request.merged_at, closed_by: Users.basic(merge_request.closed_by), closed_at: merge_request.closed_at }
    end

    def merging(merge_request)
      { merge_when_pipeline_succeeds: false, merge_status: merge_request.merge_status,
        detailed_merge_status: merge_request.mergeability.detailed_status, sha: merge_request.diff_head_sha,
        merge_commit_sha: merge_request.merge_commit_sha, squash_commit_sha: nil, should_remove_source_branch: nil,
        force_remove_source_branch: merge_request.remove_source_branch, squash: false, squash_on_merge: false,
        has_conflicts: merge_request.mergeability.conflicts?, blocking_discussions_resolved: true,
        prepared_at: merge_request.created_at }
    end

    def people(merge_request)
      { author: Users.basic(merge_request.author), assignees: [], assignee: nil, reviewers: [] }
    end

    def counts(merge_request)
      { user_notes_count: merge_request.user_notes_count, upvotes: 0, downvotes: 0, milestone: nil, discussion_locked: nil,
        allow_collaboration: false, allow_maintainer_to_push: false,
        time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: nil, human_total_time_spent: nil },
        task_completion_status: { count: 0, completed_count: 0 } }
    end

    def addresses(merge_request)
      path = merge_request.project.full_path
      short = merge_request.to_reference
      { reference: short, references: { short: short, relative: short, full: "#{path}#{short}" },
        web_url: Entities.url(path, '-/merge_requests', merge_request.iid) }
    end

    # GitLab counts to a thousand, as text.
    def changes_count(merge_request)
      diffs = merge_request.revisions.diffs
      diffs.overflow? ? "#{diffs.size}+" : diffs.size.to_s
    end
  end
end
