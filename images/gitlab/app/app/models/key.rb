# frozen_string_literal: true

# An SSH public key of a user; DeployKey is that of projects.
class Key < ApplicationRecord
  KINDS = Gitlab::SSHPublicKey::KINDS.keys

  belongs_to :user, optional: true

  before_validation :normalize

  validates :title, presence: true, length: { maximum: 255 }
  validates :key, presence: true, length: { maximum: 5000 }, format: { with: /\A(#{KINDS.map { |kind| Regexp.escape(kind) }.join('|')})/ }
  validates :fingerprint_sha256, uniqueness: true, presence: { message: 'cannot be generated' }

  after_create_commit { AuthorizedKeysWorker.perform_async('add_key', shell_id, key) if Gitlab::AuthorizedKeys.enabled? }
  after_destroy_commit { AuthorizedKeysWorker.perform_async('remove_key', shell_id) if Gitlab::AuthorizedKeys.enabled? }

  scope :of_users, -> { where(type: nil) }

  def shell_id = "key-#{id}"
  def expired? = expires_at.present? && expires_at.past?
  def public_key = Gitlab::SSHPublicKey.new(key)

  # GitLab Shell's keys-check asks by the base64 of the key alone.
  def self.find_by_encoded(encoded)
    blob = Base64.decode64(encoded.to_s)
    find_by(fingerprint_sha256: Digest::SHA256.base64digest(blob).delete('='))
  end

  # By number, or by fingerprint as ssh-keygen prints it: SHA256:... or MD5.
  def self.find_by_fingerprint(text)
    text = text.to_s.strip
    return find_by(fingerprint: text.delete_prefix('MD5:').downcase) if text.match?(/\A(MD5:)?\h\h(:\h\h){15}\z/)

    find_by(fingerprint_sha256: text.delete_prefix('SHA256:'))
  end

  # Written at most once a day, as in GitLab.
  def touch_last_used
    update_columns(last_used_at: Time.current) if last_used_at.nil? || last_used_at < 1.day.ago
  end

  private

  def normalize
    parsed = Gitlab::SSHPublicKey.new(key)
    self.key = key.to_s.strip.gsub(/[\r\n]/, '')
    self.title = parsed.comment if title.blank?
    valid = parsed.valid?
    self.fingerprint = valid ? parsed.fingerprint : nil
    self.fingerprint_sha256 = valid ? parsed.fingerprint_sha256 : nil
  end
end
