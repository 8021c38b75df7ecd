# frozen_string_literal: true

module Api
  class GroupsController < BaseController
    allow_anonymous :index, :show

    def index
      groups = sorted(visible.search(params[:search]), %w[name path id], default: 'name')
      render_list groups, Entities::Namespaces.method(:group)
    end

    def show = render(json: Entities::Namespaces.group(visible.find_by_path_or_id(params[:id]) || not_found!('Group')))

    def create
      requires!(:name, :path)
      group = Group.new(params.permit(:name, :path, :description, :visibility))
      refuse!(400, "Failed to save group #{group.errors.messages}") unless group.save

      group.add_owner(current_user)
      render json: Entities::Namespaces.group(group), status: :created
    end

    private

    def visible = Group.visible_to(current_user)
  end
end
