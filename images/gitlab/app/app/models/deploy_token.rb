# frozen_string_literal: true

# Opens one project over HTTP without being a person.
class DeployToken < ApplicationRecord
  include TokenDigest

  PREFIX = 'gldt-'
  # Those for packages and images open nothing here.
  SCOPES = %w[read_repository read_registry write_registry read_package_registry write_package_registry].freeze

  belongs_to :project

  validates :name, presence: true, length: { maximum: 255 }
  validates :scopes, presence: true
  validates :username, format: { with: %r{\A[\w.+-]+\z}, message: 'can contain only letters, digits, \'_\', \'-\', \'+\', and \'.\'' }, allow_blank: true
  validate { errors.add(:scopes, 'can only contain available scopes') unless (scopes - SCOPES).empty? }
  before_create { set_token("#{PREFIX}#{SecureRandom.alphanumeric(20)}") if token_digest.nil? }
  before_create { self.username = username.presence || '' }
  after_create { update_columns(username: "gitlab+deploy-token-#{id}") if username.blank? }

  scope :active, -> { where(revoked: false).where('expires_at IS NULL OR expires_at > ?', Time.current) }

  # The name counts as much as the secret.
  def self.authenticate(username, secret)
    token = find_by_token(secret)
    token if token && token.token_matches?(secret) && token.username == username && token.active?
  end

  def expired? = expires_at.present? && expires_at.past?
  def active? = !revoked? && !expired?
  def opens?(other) = project_id == other.id && !other.pending_delete?
  def reads? = scopes.include?('read_repository')
end
