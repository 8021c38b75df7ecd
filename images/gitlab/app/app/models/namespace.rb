# frozen_string_literal: true

# A user's own namespace or a group: the first part of a project's path.
class Namespace < ApplicationRecord
  include Visibility
  include Searchable

  PATH = /\A[a-zA-Z0-9_][a-zA-Z0-9_.-]*\z/
  # First parts of the application's own paths.
  RESERVED = %w[- admin api assets dashboard files groups health_check help oauth projects public users].freeze

  belongs_to :owner, class_name: 'User', optional: true
  has_many :projects, dependent: :destroy

  validates :name, presence: true, length: { maximum: 255 }
  validates :path, presence: true, length: { maximum: 255 }, format: { with: PATH, allow_blank: true },
                   uniqueness: { case_sensitive: false }, exclusion: { in: RESERVED, message: 'is a reserved name' }

  searchable_by :name, :path

  def self.find_by_full_path(path) = find_by('lower(path) = ?', path.to_s.downcase)
  def self.find_by_path_or_id(key) = key.to_s.match?(/\A\d+\z/) ? find_by(id: key) : find_by_full_path(key)

  def full_path = path
  def kind = 'user'
  def to_param = path
end
