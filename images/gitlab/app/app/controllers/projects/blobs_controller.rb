# frozen_string_literal: true

module Projects
  # A file at a ref.
  class BlobsController < ApplicationController
    include RepositoryScoped
    include SendsFromGitaly

    before_action :require_content
    before_action :load_ref
    before_action :load_blob

    def show
      @last_commit = repository.last_commit_for(@commit.id, @path)
    end

    def raw = send_git_blob(@blob)

    private

    def load_blob
      @blob = repository.blob_at(@commit.id, @path)
      return if @blob
      return redirect_to(repository_path('tree', @ref, @path)) if action_name == 'show' && repository.entry_type(@commit.id, @path) == :TREE

      not_found
    end
  end
end
