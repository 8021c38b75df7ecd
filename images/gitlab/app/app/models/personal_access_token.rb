# frozen_string_literal: true

class PersonalAccessToken < ApplicationRecord
  include TokenDigest

  SCOPES = %w[api read_api read_user read_repository write_repository].freeze
  PREFIX = 'glpat-'
  MAX_LIFETIME = 365.days

  belongs_to :user

  validates :name, presence: true, length: { maximum: 255 }
  validates :scopes, presence: true
  validate :scopes_are_known
  before_create { set_token("#{PREFIX}#{SecureRandom.alphanumeric(20)}") if token_digest.nil? }

  scope :active, -> { where(revoked: false).where('expires_at IS NULL OR expires_at > ?', Date.current) }
  scope :inactive, -> { where(revoked: true).or(where(expires_at: ..Date.current)) }

  def expired? = expires_at.present? && expires_at <= Date.current
  def active? = !revoked? && !expired?
  def revoke! = update!(revoked: true)
  def scopes=(names)
    super(Array(names).compact_blank.map(&:to_s))
  end

  # Written at most once in ten minutes: a token may be used many times a second.
  def touch_last_used
    update_columns(last_used_at: Time.current) if last_used_at.nil? || last_used_at < 10.minutes.ago
  end

  private

  def scopes_are_known
    errors.add(:scopes, 'can only contain available scopes') unless (scopes - SCOPES).empty?
  end
end
