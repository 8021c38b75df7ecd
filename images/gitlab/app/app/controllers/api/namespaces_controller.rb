# frozen_string_literal: true

module Api
  class NamespacesController < BaseController
    def index
      render_list visible.search(params[:search]).order(:path), Entities::Namespaces.method(:basic)
    end

    def show
      render json: Entities::Namespaces.basic(visible.find_by_path_or_id(params[:id]) || not_found!('Namespace'))
    end

    private

    def visible
      return Namespace.all if current_user.admin?

      Namespace.where(owner: current_user).or(Namespace.where(id: Group.visible_to(current_user).select(:id)))
    end
  end
end
