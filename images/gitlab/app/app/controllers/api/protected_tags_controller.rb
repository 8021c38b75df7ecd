# frozen_string_literal: true

module Api
  class ProtectedTagsController < BaseController
    include InProject

    before_action :require_maintainer

    def index = render_list(project.protected_tags.order(:name), Entities::Rules.method(:protected_tag))
    def show = render(json: Entities::Rules.protected_tag(rule))

    def create
      requires!(:name)
      created = project.protected_tags.new({ name: params[:name], create_access_level: level }.compact)
      refuse!(422, created.errors.messages) unless created.save
      render json: Entities::Rules.protected_tag(created), status: :created
    end

    def destroy
      rule.destroy!
      head :no_content
    end

    private

    def rule = @rule ||= project.protected_tags.find_by(name: params[:name]) || not_found!
    def require_maintainer = project_access.at_least?(:maintainer, project) || forbidden!

    def level
      return unless params.key?(:create_access_level)

      number = Integer(params[:create_access_level].to_s, 10, exception: false)
      ProtectedTag::LEVELS.key?(number) ? number : raise(Errors::Refused.new(400, error: 'create_access_level does not have a valid value'))
    end
  end
end
