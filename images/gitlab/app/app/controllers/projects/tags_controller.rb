# frozen_string_literal: true

module Projects
  class TagsController < ApplicationController
    include ManagesRefs

    def index
      text = params[:search].to_s.downcase
      list = repository.tags(order: 'updated', descending: true).select { |tag| tag.name.downcase.include?(text) }
      @tags = paginated(Kaminari.paginate_array(list))
    end

    def show
      redirect_to repository_path('tree', existing.name)
    end

    def new
      @name = ''
      @target = params[:ref].presence || default_ref
    end

    private

    def kind = 'tag'
    def existing = repository.tag(params[:id].to_s) || not_found
    def remove(name) = repository.delete_tag(current_user, name)
    def make = repository.create_tag(current_user, @name, @commit.id, @message)

    def load_form
      @name, @target, @message = form_params(:tag, :name, :ref, :message).values_at(:name, :ref, :message).map(&:to_s)
    end

    def invalid
      return 'Tag name invalid' unless Git::RefName.plain?(@name)

      @commit = repository.commit(@target)
      "Target #{@target} is invalid" unless @commit
    end
  end
end
