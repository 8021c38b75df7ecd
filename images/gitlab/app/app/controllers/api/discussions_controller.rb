# frozen_string_literal: true

module Api
  # Comments as discussions of one comment each: nobody answers in a thread here.
  class DiscussionsController < BaseController
    include OnNoteable

    allow_anonymous :index, :show

    def index = render_list(noteable.notes.order(:id).includes(:author, :noteable), Entities::Issues.method(:discussion))

    def show
      note = noteable.notes.find { |one| Entities::Issues.discussion_id(one) == params[:id] }
      render json: Entities::Issues.discussion(note || not_found!('Discussion'))
    end

    def create = render(json: Entities::Issues.discussion(add_note!), status: :created)
  end
end
