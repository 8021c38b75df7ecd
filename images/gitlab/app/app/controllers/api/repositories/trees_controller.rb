# frozen_string_literal: true

module Api
  module Repositories
    class TreesController < BaseController
      include InRepository

      allow_anonymous :show

      def show
        @commit = commit!(params[:ref], 'Tree')
        path = params[:path].to_s.delete_suffix('/')
        not_found!('invalid revision or path') unless repository.entry_type(@commit.id, path) == :TREE
        keyset? ? render_keyset(path) : render_array(repository.tree(@commit.id, path, recursive: recursive?), Entities::Repository.method(:tree_entry))
      end

      private

      def recursive? = true_param?(:recursive)
      def keyset? = one_of!(:pagination, %w[legacy keyset none]) == 'keyset'

      # The next page begins after the last entry of this one.
      def render_keyset(path)
        entries, cursor = repository.tree_page(@commit.id, path, recursive: recursive?, limit: per_page, token: params[:page_token].to_s)
        if cursor.present?
          query = request.query_parameters.except('private_token', 'access_token').merge(page_token: cursor, per_page: per_page)
          response.headers['Link'] = %(<#{Gitlab::Settings.base_url}#{request.path}?#{query.to_query}>; rel="next")
        end
        render json: entries.map { |entry| Entities::Repository.tree_entry(entry) }
      end
    end
  end
end
