# frozen_string_literal: true

module Projects
  # /-/archive/<ref>/<anything>.tar.gz
  class ArchivesController < ApplicationController
    include RepositoryScoped
    include SendsFromGitaly

    before_action :require_content

    def show
      ref, _, file = params[:id].to_s.rpartition('/')
      format = Git::Archive.format(file[/\.(tar\.\w+|\w+)\z/, 1].to_s) if file.include?('.')
      commit = repository.commit(ref) if ref.present?
      not_found unless commit && format
      send_git_archive Git::Archive.new(@project, ref, commit, format: format, path: params[:path], append_sha: false)
    end
  end
end
