# frozen_string_literal: true

module Api
  module Repositories
    # .../commits/:sha/comments
    class CommitNotesController < BaseController
      include InRepository

      allow_anonymous :index

      def index
        render_list project.commit_notes.where(commit_id: named_commit!.id).includes(:author).order(:id), Entities::Repository.method(:commit_note)
      end

      def create
        requires!(:note)
        place = params.key?(:path) ? line_of_diff : {}
        note = project.commit_notes.create!(commit_id: named_commit!.id, author: current_user, note: params[:note].to_s, **place)
        render json: Entities::Repository.commit_note(note), status: :created
      end

      private

      def line_of_diff
        requires!(:line)
        type = one_of!(:line_type, CommitNote::LINE_TYPES) || 'new'
        { path: params[:path].to_s, line: Integer(params[:line].to_s, 10, exception: false), line_type: type }
      end
    end
  end
end
