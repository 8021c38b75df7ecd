# frozen_string_literal: true

module Projects
  # A directory at a ref.
  class TreesController < ApplicationController
    include RepositoryScoped

    before_action :require_content
    before_action :load_ref

    def show
      return redirect_to(repository_path('blob', @ref, @path)) if type == :BLOB

      not_found unless type == :TREE
      @listing = Git::TreeListing.new(repository, @commit, @path)
      @readme = Git::Readme.find(@project, @commit, @path)
      @last_commit = repository.last_commit_for(@commit.id, @path.presence || '.')
    end

    private

    def type = @type ||= repository.entry_type(@commit.id, @path)
  end
end
