# frozen_string_literal: true

module Api
  module Repositories
    class ContributorsController < BaseController
      include InRepository

      # Beyond that, the figures are those of the newest commits.
      MAX_COMMITS = 5000

      allow_anonymous :index

      def index
        by = one_of!(:order_by, %w[email name commits]) || 'commits'
        people = contributors.sort_by { |person| person[by.to_sym] }
        people.reverse! if one_of!(:sort, %w[asc desc]) == 'desc'
        render_array people, :itself.to_proc
      end

      private

      def contributors
        repository.commits(commit!(params[:ref]).id, limit: MAX_COMMITS).group_by(&:author_email).map do |email, commits|
          { name: commits.first.author_name, email: email, commits: commits.size, additions: 0, deletions: 0 }
        end
      end
    end
  end
end
