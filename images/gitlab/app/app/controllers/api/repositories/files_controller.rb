# frozen_string_literal: true

module Api
  module Repositories
    class FilesController < BaseController
      include InRepository
      include SendsFromGitaly

      allow_anonymous :show, :raw
      before_action :authorize_push!, only: %i[create update destroy]

      def show
        requires!(:ref)
        load_file(0)
        set_file_headers
        request.head? ? head(:ok) : render(json: @file.merge(content: @blob.base64))
      end

      # The whole content never passes through this process.
      def raw
        load_file(0)
        set_file_headers
        send_git_blob(@blob)
      end

      def create = change('create', :created, :content)
      def update = change('update', :ok, :content)
      def destroy = change('delete', :no_content)

      private

      def load_file(limit)
        commit = commit!(params[:ref])
        @blob = repository.blob_at(commit.id, path, limit: limit) || not_found!('File')
        last = repository.last_commit_for(commit.id, path)
        @file = Entities::Repository.file(@blob, ref: params[:ref].presence || repository.root_ref, commit: commit, last_commit: last)
      end

      def path = params[:file_path].to_s

      def set_file_headers
        @file.each { |name, value| response.headers["X-Gitlab-#{name.to_s.split('_').map(&:capitalize).join('-')}"] = header_text(value) }
      end

      # Headers are ASCII; a path in another alphabet is escaped as in an address.
      def header_text(value) = value.to_s.ascii_only? ? value.to_s : ERB::Util.url_encode(value.to_s)

      def change(type, status, *required)
        requires!(:branch, :commit_message, *required)
        NewCommit.new(project, current_user, params).change_file(type, path)
        status == :no_content ? head(status) : render(json: { file_path: path, branch: params[:branch] }, status: status)
      end
    end
  end
end
