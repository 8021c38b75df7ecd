# frozen_string_literal: true

module Api
  # Comments on an issue or a merge request.
  module OnNoteable
    include InProject

    private

    def noteable = params.key?(:merge_request_iid) ? merge_request : issue

    def add_note!
      requires!(:body)
      noteable.notes.create!(note: params[:body].to_s, author: current_user)
    end
  end
end
