# frozen_string_literal: true

module Projects
  class BranchesController < ApplicationController
    include ManagesRefs

    def index
      text = params[:search].to_s.downcase
      list = repository.branches(sort: 'updated_desc').select { |branch| branch.name.downcase.include?(text) }
      @branches = paginated(Kaminari.paginate_array(list))
      @merged = repository.merged_branch_names(@branches.map(&:name)) - [default_ref]
    end

    def new
      @name = ''
      @start = params[:ref].presence || default_ref
    end

    private

    def kind = 'branch'
    def made_path = repository_path('tree', @name)
    def existing = repository.branch(params[:id].to_s) || not_found
    def remove(name) = repository.delete_branch(current_user, name)
    def make = repository.create_branch(current_user, @name, @commit.id)

    def load_form
      @name, @start = form_params(:branch, :name, :ref).values_at(:name, :ref).map(&:to_s)
    end

    def invalid
      return 'Branch name is invalid' unless Git::RefName.plain?(@name)
      return 'Branch already exists' if repository.branch(@name)

      @commit = repository.commit(@start)
      "Invalid reference name: #{@start}" unless @commit
    end
  end
end
