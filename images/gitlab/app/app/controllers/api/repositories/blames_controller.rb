# frozen_string_literal: true

module Api
  module Repositories
    # GET .../files/:file_path/blame
    class BlamesController < BaseController
      include InRepository

      allow_anonymous :show

      def show
        requires!(:ref)
        commit = commit!(params[:ref])
        not_found!('File') unless repository.entry_type(commit.id, path) == :BLOB

        parts = repository.blame(commit.id, path, lines: range)
        commits = Hash.new { |known, id| known[id] = repository.commit(id) }
        render json: parts.map { |part| { commit: Entities::Repository.blamed(commits[part.commit_id]), lines: part.lines } }
      end

      private

      def path = params[:file_path].to_s

      # range[start] and range[end] come together.
      def range
        given = params[:range] or return
        first, last = %w[start end].map { |name| Integer(given[name].to_s, 10, exception: false) if given.respond_to?(:key?) }
        bad_range!('range[start], range[end] are invalid') unless first&.positive? && last&.positive?
        bad_range!('range[start] must be less than or equal to range[end]') if first > last

        "#{first},#{last}"
      end

      def bad_range!(text) = raise(Errors::Refused.new(400, error: text))
    end
  end
end
