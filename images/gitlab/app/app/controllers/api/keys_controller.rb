# frozen_string_literal: true

module Api
  # Any key, for administrators.
  class KeysController < BaseController
    before_action :require_admin!

    def show = answer(Key.find_by(id: params[:id]))

    def by_fingerprint
      requires!(:fingerprint)
      answer(Key.find_by_fingerprint(params[:fingerprint]))
    end

    private

    def answer(key)
      render json: Entities::Keys.with_user(key || not_found!('Key'), viewer: current_user)
    end
  end
end
