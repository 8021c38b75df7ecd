# frozen_string_literal: true

module Api
  module Internal
    # ssh git@host git-lfs-authenticate
    class LfsController < BaseController
      def authenticate = refuse!(404, ::Repositories::LfsController::MESSAGE)
    end
  end
end
