# frozen_string_literal: true

module Gitlab
  # The secrets that GitLab Shell (with Gitaly's hooks) and Workhorse sign their requests with. Read
  # once: a changed file counts after a restart, as in GitLab.
  class JwtSecret
    LEEWAY = 60

    def self.shell
      @shell ||= new('gitlab-shell') { File.read(Settings.gitlab_shell.fetch('secret_file')).chomp }
    end

    def self.workhorse
      @workhorse ||= new('gitlab-workhorse') { Base64.strict_decode64(File.read(Settings.workhorse.fetch('secret_file')).chomp) }
    end

    def initialize(issuer, &read)
      @issuer = issuer
      @read = read
    end

    # The claims of a token that this secret has signed; raises JWT::DecodeError otherwise.
    def verify!(token)
      require 'jwt'
      JWT.decode(token.presence, key, true, algorithm: 'HS256', iss: @issuer, verify_iss: true, leeway: LEEWAY).first
    end

    def verified?(token)
      verify!(token).present?
    rescue JWT::DecodeError, SystemCallError => e
      ErrorTracking.log_exception(e)
      false
    end

    # For the tests: what the other side sends.
    def sign(**claims)
      require 'jwt'
      JWT.encode({ iss: @issuer, iat: Time.now.to_i, exp: Time.now.to_i + LEEWAY, **claims }, key, 'HS256')
    end

    private

    def key = @key ||= @read.call
  end
end
