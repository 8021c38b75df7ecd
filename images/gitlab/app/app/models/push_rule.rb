# frozen_string_literal: true

# What the commits, files, branches and tags of a project's pushes have to be like. Patterns match
# anywhere, unless they have anchors of their own.
class PushRule < ApplicationRecord
  PATTERNS = %i[commit_message_regex commit_message_negative_regex branch_name_regex author_email_regex file_name_regex].freeze
  # Nobody waits for a pattern that runs away.
  TIMEOUT = 1

  # Files that hold secrets more often than not.
  SECRETS = %w[aws/credentials$ (ssh|config)/(personal|server)_(rsa|dsa|ed\d+|ecdsa) id_rsa$ id_dsa$ id_ed25519$ id_ecdsa$
               secring.gpg$ \.pem$ \.key$ \.history$ _history$].freeze

  class BadPattern < StandardError; end

  belongs_to :project

  validates(*PATTERNS, length: { maximum: 2047 })
  validates :max_file_size, numericality: { greater_than_or_equal_to: 0, only_integer: true }
  validate :patterns_are_valid

  def allows?(name, text) = self[name].blank? || match?(self[name], text)
  def forbids?(name, text) = self[name].present? && match?(self[name], text)

  # The pattern that a file's path must not match and does.
  def prohibits_file(path)
    forbidden = [file_name_regex.presence, *(SECRETS if prevent_secrets)].compact
    forbidden.find { |pattern| match?(pattern, path) }
  end

  def looks_at_files? = file_name_regex.present? || prevent_secrets
  def looks_at_commits? = looks_at_files? || member_check || PATTERNS.any? { |name| self[name].present? }

  private

  def match?(pattern, text)
    Regexp.new(pattern, timeout: TIMEOUT).match?(text)
  rescue RegexpError => e
    raise BadPattern, "Regular expression '#{pattern}' is invalid: #{e.message}"
  end

  def patterns_are_valid
    PATTERNS.select { |name| self[name].present? }.each do |name|
      Regexp.new(self[name])
    rescue RegexpError => e
      errors.add(name, "not valid RE2 syntax: #{e.message}")
    end
  end
end
