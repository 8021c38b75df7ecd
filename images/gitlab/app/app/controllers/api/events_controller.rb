# frozen_string_literal: true

module Api
  class EventsController < BaseController
    include InProject

    allow_anonymous :index
    allow_read_with :read_user

    def index
      render_list project.events.recent.includes(:author, :target), Entities::Activity.method(:event)
    end
  end
end
