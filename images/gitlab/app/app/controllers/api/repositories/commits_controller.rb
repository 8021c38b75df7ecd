# frozen_string_literal: true

module Api
  module Repositories
    class CommitsController < BaseController
      include InRepository

      allow_anonymous :index, :show, :diff, :refs, :merge_requests, :sequence, :signature
      before_action :authorize_push!, only: :create

      def index
        page = git_page { |**window| repository.commits(revision, path: params[:path], **window, **filters) }
        entity = true_param?(:with_stats) ? :commit_with_stats : :commit
        render_page page, Entities::Repository.method(entity), project: project
      end

      def show
        commit = named_commit!
        stats = params.key?(:stats) && !true_param?(:stats) ? nil : repository.commit_stats(commit.id)
        render json: Entities::Repository.commit_detail(commit, project: project, stats: stats)
      end

      def create
        requires!(:branch, :commit_message, :actions)
        commit = repository.commit(NewCommit.new(project, current_user, params).create_from_actions)
        render json: Entities::Repository.commit_detail(commit, project: project, stats: repository.commit_stats(commit.id)), status: :created
      end

      def diff = render_array(repository.commit_diff(named_commit!).to_a, Entities::Repository.method(:diff))

      # The how manieth commit of its history it is.
      def sequence = render(json: { count: repository.commit_count(named_commit!.id) })

      # Signatures are not read here.
      def signature = named_commit! && not_found!('Signature')

      def refs
        type = one_of!(:type, %w[branch tag all]) || 'all'
        found = repository.refs_containing(named_commit!.id).slice(*(type == 'all' ? %w[branch tag] : [type]))
        list = found.flat_map { |kind, names| names.map { |name| { type: kind, name: name } } }
        render_array list, :itself.to_proc
      end

      def merge_requests
        commit = named_commit!
        list = project.merge_requests.where(diff_head_sha: commit.id).or(project.merge_requests.where(merge_commit_sha: commit.id))
        render_list list.order(id: :desc).includes(:author), Entities::MergeRequests.method(:basic)
      end

      private

      def revision
        return 'HEAD' if true_param?(:all)

        commit!(params[:ref_name]).id
      end

      def filters
        { since: time_param(:since), before: time_param(:until), author: params[:author].to_s, all: true_param?(:all),
          first_parent: true_param?(:first_parent), order: params[:order], follow: true_param?(:follow) }
      end

      def time_param(name)
        Time.iso8601(params[name].to_s) if params[name].present?
      rescue ArgumentError
        Time.zone.parse(params[name].to_s) || raise(Errors::Refused.new(400, error: "#{name} is invalid"))
      end
    end
  end
end
