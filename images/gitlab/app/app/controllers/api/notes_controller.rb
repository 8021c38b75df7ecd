# frozen_string_literal: true

module Api
  class NotesController < BaseController
    include InProject

    allow_anonymous :index, :show

    def index
      notes = sorted(noteable.notes, %w[created_at updated_at])
      render_list notes.includes(:author, :noteable), Entities::Issues.method(:note)
    end

    def show = render(json: Entities::Issues.note(noteable.notes.find_by(id: params[:note_id]) || not_found!('Note')))

    def create
      requires!(:body)
      note = noteable.notes.create!(note: params[:body].to_s, author: current_user)
      render json: Entities::Issues.note(note), status: :created
    end

    private

    def noteable = params.key?(:merge_request_iid) ? merge_request : issue
  end
end
