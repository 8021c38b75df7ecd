# frozen_string_literal: true

module Projects
  class TagsController < ApplicationController
    include RepositoryScoped

    before_action :require_content
    before_action :require_push_access, except: %i[index show]

    def index
      text = params[:search].to_s.downcase
      list = repository.tags(order: 'updated', descending: true).select { |tag| tag.name.downcase.include?(text) }
      @tags = paginated(Kaminari.paginate_array(list))
    end

    def show
      tag = repository.tag(params[:id].to_s) || not_found
      redirect_to repository_path('tree', tag.name)
    end

    def new
      @name = ''
      @target = params[:ref].presence || default_ref
    end

    def create
      @name, @target, @message = form_params(:tag, :name, :ref, :message).values_at(:name, :ref, :message).map(&:to_s)
      @problem = problem
      return render(:new, status: :unprocessable_entity) if @problem

      redirect_to repository_path('tags'), notice: "Tag '#{@name}' was created."
    end

    def destroy
      tag = repository.tag(params[:id].to_s) || not_found
      repository.delete_tag(current_user, tag.name)
      redirect_to repository_path('tags'), notice: "Tag '#{tag.name}' was deleted.", status: :see_other
    rescue Git::Refused => e
      redirect_to repository_path('tags'), alert: e.message, status: :see_other
    end

    private

    def problem
      return 'Tag name invalid' unless Git::RefName.plain?(@name)
      return "Tag #{@name} already exists" if repository.tag(@name)

      target = repository.commit(@target) or return "Target #{@target} is invalid"
      repository.create_tag(current_user, @name, target.id, @message)
      nil
    rescue Git::Refused => e
      e.message
    end
  end
end
