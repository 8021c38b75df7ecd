# frozen_string_literal: true

module Api
  module Repositories
    class ArchivesController < BaseController
      include InRepository
      include SendsFromGitaly

      allow_anonymous :show

      def show
        format = Git::Archive.format(params[:archive_format]) || not_found!
        ref = params[:sha].presence || repository.root_ref
        commit = commit!(ref, 'File')
        send_git_archive Git::Archive.new(project, ref, commit, format: format, path: params[:path])
      end
    end
  end
end
