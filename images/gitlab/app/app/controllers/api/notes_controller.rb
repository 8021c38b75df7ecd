# frozen_string_literal: true

module Api
  class NotesController < BaseController
    include OnNoteable

    allow_anonymous :index, :show

    def index
      notes = sorted(noteable.notes, %w[created_at updated_at])
      render_list notes.includes(:author, :noteable), Entities::Issues.method(:note)
    end

    def show = render(json: Entities::Issues.note(noteable.notes.find_by(id: params[:note_id]) || not_found!('Note')))

    def create = render(json: Entities::Issues.note(add_note!), status: :created)
  end
end
