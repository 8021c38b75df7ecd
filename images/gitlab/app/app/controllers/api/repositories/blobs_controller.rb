# frozen_string_literal: true

module Api
  module Repositories
    class BlobsController < BaseController
      include InRepository
      include SendsFromGitaly

      allow_anonymous :show, :raw

      def show
        blob = blob!(-1)
        render json: { size: blob.size, encoding: 'base64', content: blob.base64, sha: blob.id }
      end

      def raw = send_git_blob(blob!(1024), filename: params[:sha])

      private

      def blob!(limit) = repository.blob(params[:sha].to_s, limit: limit) || not_found!('Blob')
    end
  end
end
