# frozen_string_literal: true

module Gitlab
  # Who a user name and password of HTTP Basic stand for, and what they may do: the account's own
  # password, or a token in its place.
  class GitCredentials
    # What each scope of a token opens.
    ABILITIES = { 'api' => %i[download push], 'read_api' => %i[download],
                  'write_repository' => %i[download push], 'read_repository' => %i[download] }.freeze

    attr_reader :user, :abilities, :deploy_token

    # nil when nobody is behind them.
    def self.find(login, password)
      return if password.blank?

      from_token(password) || from_deploy_token(login, password) || from_password(login, password)
    end

    def self.from_token(secret)
      token = PersonalAccessToken.find_by_token(secret) || OauthAccessToken.find_by_token(secret)
      return unless token&.token_matches?(secret) && token.user.active? && !token.revoked? && !token.expired?

      token.touch_last_used
      new(token.user, token.scopes.flat_map { |scope| ABILITIES.fetch(scope, []) }.uniq)
    end

    def self.from_deploy_token(login, secret)
      token = DeployToken.authenticate(login, secret)
      new(nil, token.reads? ? %i[download] : [], deploy_token: token) if token
    end

    def self.from_password(login, password)
      user = User.find_by_login(login)
      new(user, %i[download push]) if user&.active? && user.valid_password?(password)
    end

    def initialize(user, abilities, deploy_token: nil)
      @user = user
      @abilities = abilities
      @deploy_token = deploy_token
    end
  end
end
