# frozen_string_literal: true

# Passwords as bcrypt hashes in encrypted_password; `reconfigure` writes the same format with SQL.
module Passwords
  extend ActiveSupport::Concern

  COST = 10
  LENGTH = 8..128

  included do
    attr_reader :password
    attr_accessor :password_confirmation

    validates :password, presence: true, if: -> { encrypted_password.blank? }
    validates :password, length: { in: LENGTH }, allow_nil: true
    validate :confirmation_matches
  end

  def password=(value)
    @password = value
    self.encrypted_password = value.present? ? BCrypt::Password.create(value, cost: COST) : ''
  end

  def valid_password?(candidate)
    BCrypt::Password.new(encrypted_password) == candidate.to_s
  rescue BCrypt::Errors::InvalidHash
    false
  end

  private

  def confirmation_matches
    return if password_confirmation.nil? || password_confirmation == password

    errors.add(:password_confirmation, "doesn't match Password")
  end
end
