# frozen_string_literal: true

# The one row of settings. Its secrets are made when first needed, never by the seed: an image must
# not carry any.
class ApplicationSetting < ApplicationRecord
  validates :default_branch_protection, inclusion: { in: 0..3 }
  # Megabytes.
  validates :receive_max_input_size, numericality: { only_integer: true, greater_than: 0 }, allow_nil: true
  validates :default_branch_name, format: { with: %r{\A[\w.][\w./-]*\z} }, allow_blank: true

  before_create do
    self.uuid ||= SecureRandom.uuid
    self.health_check_access_token ||= SecureRandom.alphanumeric(20)
  end

  def self.current = order(:id).first || create!

  def runners_registration_token
    if runners_registration_token_encrypted.blank?
      value = "GR1348941#{SecureRandom.alphanumeric(20)}"
      update!(runners_registration_token_encrypted: Gitlab::CryptoHelper.encrypt(value))
    end
    Gitlab::CryptoHelper.decrypt(runners_registration_token_encrypted)
  end
end
