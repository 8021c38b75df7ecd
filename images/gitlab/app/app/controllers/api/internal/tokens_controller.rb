# frozen_string_literal: true

module Api
  module Internal
    # ssh git@host personal_access_token NAME SCOPES [DAYS]
    class TokensController < BaseController
      def create
        problem = problem_with_person || problem_with_token
        return failure(problem) if problem

        token = actor.user.personal_access_tokens.create!(name: params[:name], scopes: scopes, expires_at: expires_at)
        render json: { success: true, token: token.token, scopes: token.scopes, expires_at: token.expires_at }
      end

      private

      def problem_with_person
        return 'Deploy keys cannot be used to create personal access tokens' if actor.deploy_key?

        'Could not find the given key' unless actor.user
      end

      def problem_with_token
        return 'No token name specified' if params[:name].blank?

        unknown = scopes.find { |scope| PersonalAccessToken::SCOPES.exclude?(scope) }
        return "Invalid scope: '#{unknown}'. Valid scopes are: #{PersonalAccessToken::SCOPES.sort}" if unknown || scopes.empty?

        "Invalid token expiry date: '#{params[:expires_at]}'" if params[:expires_at].present? && expires_at.nil?
      end

      def scopes = list_param(:scopes)

      def expires_at
        params[:expires_at].present? ? Date.iso8601(params[:expires_at].to_s) : PersonalAccessToken::MAX_LIFETIME.from_now.to_date
      rescue Date::Error
        nil
      end
    end
  end
end
