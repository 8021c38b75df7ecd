# frozen_string_literal: true

module Projects
  class BranchesController < ApplicationController
    include RepositoryScoped

    before_action :require_content
    before_action :require_push_access, except: :index

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

    def create
      @name, @start = form_params(:branch, :name, :ref).values_at(:name, :ref).map(&:to_s)
      @problem = problem
      return render(:new, status: :unprocessable_entity) if @problem

      redirect_to repository_path('tree', @name), notice: "Branch '#{@name}' was created."
    end

    def destroy
      branch = repository.branch(params[:id].to_s) || not_found
      repository.delete_branch(current_user, branch.name)
      redirect_to repository_path('branches'), notice: "Branch '#{branch.name}' was deleted.", status: :see_other
    rescue Git::Refused => e
      redirect_to repository_path('branches'), alert: e.message, status: :see_other
    end

    private

    def problem
      return 'Branch name is invalid' unless Git::RefName.plain?(@name)
      return 'Branch already exists' if repository.branch(@name)

      start = repository.commit(@start) or return "Invalid reference name: #{@start}"
      repository.create_branch(current_user, @name, start.id)
      nil
    rescue Git::Refused => e
      e.message
    end
  end
end
