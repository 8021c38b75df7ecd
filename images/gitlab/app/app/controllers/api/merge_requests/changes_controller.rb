# frozen_string_literal: true

module Api
  module MergeRequests
    # What a merge request would bring: commits and diffs.
    class ChangesController < BaseController
      include InRepository

      allow_anonymous :changes, :diffs, :commits, :versions, :version, :participants, :raw_diffs
      before_action :refresh

      def changes
        render json: Entities::MergeRequests.with_changes(merge_request, user: current_user, access: project_access)
      end

      def diffs = render_array(merge_request.revisions.diffs.to_a, Entities::Repository.method(:diff))
      def commits = render_array(merge_request.revisions.commits, Entities::Repository.method(:commit), project: project)

      # There is one version, the present one.
      def versions = render_array([only_version], :itself.to_proc)

      def version
        not_found! unless params[:version_id].to_i == merge_request.id
        render json: only_version.merge(commits: merge_request.revisions.commits.map { |commit| Entities::Repository.commit(commit, project: project) },
                                        diffs: merge_request.revisions.diffs.map { |diff| Entities::Repository.diff(diff) })
      end

      def participants
        people = User.where(id: [merge_request.author_id, *merge_request.notes.distinct.pluck(:author_id)]).order(:id)
        render_list people, Entities::Users.method(:basic)
      end

      def raw_diffs
        render plain: merge_request.revisions.diffs.map { |diff| "diff --git a/#{diff.old_path} b/#{diff.new_path}\n#{diff.patch}" }.join
      end

      private

      def only_version
        refs = merge_request.revisions.to_h.transform_keys { |key| key.to_s.sub('_sha', '_commit_sha').to_sym }
        refs.merge(id: merge_request.id, created_at: merge_request.updated_at, merge_request_id: merge_request.id, state: 'collected',
                   real_size: merge_request.revisions.diffs.size.to_s)
      end

      def refresh
        merge_request.revisions.refresh if merge_request.opened?
      end
    end
  end
end
