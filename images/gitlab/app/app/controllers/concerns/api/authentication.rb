# frozen_string_literal: true

module Api
  # Personal access tokens and OAuth tokens, in any of the three places where GitLab takes them.
  module Authentication
    extend ActiveSupport::Concern

    READ_SCOPES = %w[api read_api].freeze
    WRITE_SCOPES = %w[api].freeze

    class_methods do
      # Further scopes that may read from this controller.
      def allow_read_with(*scopes) = define_method(:read_scopes) { READ_SCOPES + scopes.map(&:to_s) }

      # Actions that answer without a token, though less.
      def allow_anonymous(*actions)
        skip_before_action :authenticate!, only: actions
        # Before any other question, as those of included modules ask about this user.
        prepend_before_action :authenticate_if_given!, only: actions
      end
    end

    private

    attr_reader :current_user, :access_token

    def authenticate!
      authenticate_if_given!
      unauthorized! unless current_user
    end

    def authenticate_if_given!
      given = given_token or return
      @access_token = PersonalAccessToken.find_by_token(given) || OauthAccessToken.find_by_token(given)
      check_token!
      @current_user = Current.user = access_token.user
      access_token.touch_last_used
      check_scope!
    end

    def check_token!
      unauthorized! unless access_token&.token_matches?(given_token) && access_token.user.active?
      invalid_token!('Token was revoked. You have to re-authorize from the user.') if access_token.revoked?
      invalid_token!('Token is expired. You can either do re-authorization or token refresh.') if access_token.expired?
    end

    def check_scope!
      allowed = request.get? || request.head? ? read_scopes : WRITE_SCOPES
      return if access_token.scopes.intersect?(allowed)

      raise Errors::Refused.new(403, error: 'insufficient_scope', scope: allowed.join(' '),
                                     error_description: 'The request requires higher privileges than provided by the access token.')
    end

    def read_scopes = READ_SCOPES

    def given_token
      token = request.headers['PRIVATE-TOKEN'].presence || params[:private_token].presence ||
              request.authorization.to_s[/\ABearer (.+)\z/i, 1] || params[:access_token].presence
      token if token.is_a?(String)
    end

    def invalid_token!(description)
      raise Errors::Refused.new(401, error: 'invalid_token', error_description: description)
    end

    def require_admin! = current_user.admin? || forbidden!
  end
end
