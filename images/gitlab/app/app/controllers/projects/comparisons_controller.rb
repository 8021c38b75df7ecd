# frozen_string_literal: true

module Projects
  # /-/compare/a...b: what b has that a has not.
  class ComparisonsController < ApplicationController
    include RepositoryScoped

    before_action :require_content

    def index
      @from, @to = [params[:from], params[:to]].map { |ref| ref.presence || default_ref }
      redirect_to repository_path('compare', "#{@from}...#{@to}") if params[:from].is_a?(String) && params[:to].is_a?(String)
    end

    def show
      @from, dots, @to = params[:id].to_s.partition(/\.{2,3}/)
      not_found if dots.empty?
      ends = [@from, @to].map { |ref| repository.commit(ref.presence || default_ref) }
      return render(:index, status: :not_found) unless (@missing = [@from, @to].zip(ends).filter_map { |ref, commit| ref unless commit }).empty?

      @compare = Git::Compare.new(repository, *ends, straight: dots.size == 2)
      @diffs = @compare.diffs(**CommitsController::LIMITS)
      render :index
    end
  end
end
