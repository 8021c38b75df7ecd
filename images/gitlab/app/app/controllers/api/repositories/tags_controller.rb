# frozen_string_literal: true

module Api
  module Repositories
    class TagsController < BaseController
      include InRepository

      allow_anonymous :index, :show
      before_action :authorize_push!, only: %i[create destroy]

      def index
        order = one_of!(:order_by, %w[name updated version]) || 'updated'
        tags = repository.tags(order: order, descending: one_of!(:sort, %w[asc desc]) != 'asc')
        text = params[:search].to_s.downcase.delete_prefix('^')
        render_array tags.select { |tag| tag.name.downcase.include?(text) }, Entities::Repository.method(:tag), project: project
      end

      def show = render(json: entity(tag!))

      def create
        requires!(:tag_name, :ref)
        wanted = params[:tag_name].to_s
        refuse!(400, 'Tag name invalid') unless Git::RefName.plain?(wanted)
        refuse!(400, "Tag #{wanted} already exists") if repository.tag(wanted)
        target = repository.commit(params[:ref].to_s) || refuse!(400, "Target #{params[:ref]} is invalid")
        render json: entity(repository.create_tag(current_user, wanted, target.id, params[:message])), status: :created
      end

      def destroy
        repository.delete_tag(current_user, tag!.name)
        head :no_content
      end

      private

      def tag! = repository.tag(params[:tag_name].to_s) || not_found!('Tag')
      def entity(tag) = Entities::Repository.tag(tag, project: project)
    end
  end
end
