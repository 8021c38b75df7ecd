# frozen_string_literal: true

module Projects
  class CommitsController < ApplicationController
    include RepositoryScoped
    include SendsFromGitaly

    # What a page shows of a diff; the API and git tell the rest.
    LIMITS = { max_files: 200, max_lines: 10_000, max_bytes: 2.megabytes, max_patch_bytes: 100.kilobytes }.freeze

    before_action :require_content

    def index
      load_ref
      @commits = git_page { |**window| repository.commits(@commit.id, path: @path, **window) }
    end

    def show
      @commit = repository.commit(params[:id].to_s) || not_found
      return send_git_diff(parent, @commit.id) if params[:as] == 'diff'

      @diffs = repository.commit_diff(@commit, **LIMITS)
      @refs = repository.refs_containing(@commit.id, limit: 20)
    end

    private

    def parent = @commit.parent_ids.first || Repository::Diffs::EMPTY_TREE
  end
end
