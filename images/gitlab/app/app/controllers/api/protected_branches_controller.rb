# frozen_string_literal: true

module Api
  class ProtectedBranchesController < BaseController
    include ProjectRules

    def index = render_list(project.protected_branches.name_like(params[:search]).order(:name), Entities::Keys.method(:protected_branch))
    def show = render(json: Entities::Keys.protected_branch(rule))

    def create
      requires!(:name)
      conflict!("Protected branch '#{params[:name]}' already exists") if project.protected_branches.exists?(name: params[:name])
      created = project.protected_branches.create!(name: params[:name], **changes)
      render json: Entities::Keys.protected_branch(created), status: :created
    end

    def update
      rule.update!(changes)
      render json: Entities::Keys.protected_branch(rule)
    end

    private

    def rule = @rule ||= project.protected_branches.find_by(name: params[:name]) || not_found!

    def changes
      { push_access_level: access_level(:push_access_level), merge_access_level: access_level(:merge_access_level),
        allow_force_push: params.key?(:allow_force_push) ? true_param?(:allow_force_push) : nil }.compact
    end
  end
end
