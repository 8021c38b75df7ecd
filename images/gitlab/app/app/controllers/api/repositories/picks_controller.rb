# frozen_string_literal: true

module Api
  module Repositories
    # POST .../commits/:sha/cherry_pick and revert
    class PicksController < BaseController
      include InRepository

      FAILED = 'Sorry, we cannot %<verb>s this commit automatically. This commit may already have been %<done>s, ' \
               'or a more recent commit may have updated some of its content.'

      before_action :authorize_push!

      def cherry_pick
        commit = named_commit!
        text = params[:message].presence || "#{commit.message.strip}\n\n(cherry picked from commit #{commit.id})"
        pick(:cherry_pick, commit, text, verb: 'cherry-pick', done: 'cherry-picked')
      end

      def revert
        commit = named_commit!
        text = "Revert \"#{commit.title.strip}\"\n\nThis reverts commit #{commit.id}"
        pick(:revert, commit, text, verb: 'revert', done: 'reverted')
      end

      private

      def pick(operation, commit, text, **words)
        made = repository.public_send(operation, current_user, commit, branch!, text, dry_run: true_param?(:dry_run))
        return render(json: { dry_run: 'success' }) if true_param?(:dry_run)

        render json: Entities::Repository.commit(repository.commit(made), project: project), status: :created
      rescue Git::NotPicked => e
        render json: { message: format(FAILED, words), error_code: e.code }, status: :bad_request
      end

      def branch!
        requires!(:branch)
        name = params[:branch].to_s
        not_found!('Branch') unless repository.branch(name)
        project_access.push_to_branch?(project, name) ? name : forbidden!('You are not allowed to push into this branch')
      end
    end
  end
end
