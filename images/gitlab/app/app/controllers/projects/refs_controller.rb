# frozen_string_literal: true

module Projects
  # Where the branch switcher leads: the same page at another ref.
  class RefsController < ApplicationController
    include RepositoryScoped

    DESTINATIONS = %w[tree blob commits].freeze

    def switch
      destination = DESTINATIONS.include?(params[:destination]) ? params[:destination] : 'tree'
      ref = params[:ref].to_s.presence || default_ref || not_found
      redirect_to repository_path(destination, ref, params[:path].to_s)
    end
  end
end
