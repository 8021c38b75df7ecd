# frozen_string_literal: true

# What POST /oauth/token hands out.
class OauthAccessToken < ApplicationRecord
  include TokenDigest

  LIFETIME = 7200

  belongs_to :resource_owner, class_name: 'User'
  alias user resource_owner

  before_validation do
    self.expires_in ||= LIFETIME
    set_token(SecureRandom.hex(32)) if token_digest.nil?
  end

  def revoked? = revoked_at.present?
  def expired? = created_at + expires_in <= Time.current
  def touch_last_used; end
end
