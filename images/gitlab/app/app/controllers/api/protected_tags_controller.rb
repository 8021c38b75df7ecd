# frozen_string_literal: true

module Api
  class ProtectedTagsController < BaseController
    include ProjectRules

    def index = render_list(project.protected_tags.order(:name), Entities::Rules.method(:protected_tag))
    def show = render(json: Entities::Rules.protected_tag(rule))

    def create
      requires!(:name)
      created = project.protected_tags.new({ name: params[:name], create_access_level: access_level(:create_access_level) }.compact)
      refuse!(422, created.errors.messages) unless created.save
      render json: Entities::Rules.protected_tag(created), status: :created
    end

    private

    def rule = @rule ||= project.protected_tags.find_by(name: params[:name]) || not_found!
  end
end
