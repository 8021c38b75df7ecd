# frozen_string_literal: true

module Api
  class ProtectedBranchesController < BaseController
    include InProject

    before_action :require_maintainer

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

    def destroy
      rule.destroy!
      head :no_content
    end

    private

    def rule = @rule ||= project.protected_branches.find_by(name: params[:name]) || not_found!
    def require_maintainer = project_access.at_least?(:maintainer, project) || forbidden!

    def changes
      { push_access_level: level(:push_access_level), merge_access_level: level(:merge_access_level),
        allow_force_push: params.key?(:allow_force_push) ? true_param?(:allow_force_push) : nil }.compact
    end

    def level(name)
      return unless params.key?(name)

      number = Integer(params[name].to_s, 10, exception: false)
      ProtectedBranch::LEVELS.key?(number) ? number : raise(Errors::Refused.new(400, error: "#{name} does not have a valid value"))
    end
  end
end
