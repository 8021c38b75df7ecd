# frozen_string_literal: true

module Api
  module Internal
    # This GitLab has no two-factor authentication, and says so.
    class TwoFactorController < BaseController
      before_action :find_person

      def recovery_codes = failure('Two-factor authentication is not enabled for this user')
      def otp_check = failure('Two-factor authentication is not enabled for this user')

      private

      def find_person
        return failure('Deploy keys cannot be used to retrieve recovery codes') if actor.deploy_key?

        failure('Could not find the given key') unless actor.user
      end
    end
  end
end
