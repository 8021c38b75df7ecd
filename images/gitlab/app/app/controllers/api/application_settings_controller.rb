# frozen_string_literal: true

module Api
  # GET and PUT /application/settings: as many of GitLab's settings as this application knows.
  class ApplicationSettingsController < BaseController
    NAMES = %w[signup_enabled default_branch_name default_branch_protection receive_max_input_size authorized_keys_enabled].freeze

    before_action :require_admin!

    def show = answer

    def update
      requires_one_of!(*NAMES)
      settings.update!(params.permit(*NAMES))
      answer
    end

    private

    def settings = @settings ||= ApplicationSetting.current
    def answer = render(json: { id: settings.id }.merge(settings.slice(*NAMES)))
  end
end
