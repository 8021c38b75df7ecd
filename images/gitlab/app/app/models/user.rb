# frozen_string_literal: true

class User < ApplicationRecord
  include Passwords
  include Searchable

  USERNAME = /\A[a-zA-Z0-9_][a-zA-Z0-9_.-]*\z/

  has_one :namespace, -> { where(type: 'UserNamespace') }, class_name: 'UserNamespace', foreign_key: :owner_id,
                                                           inverse_of: :owner, dependent: :destroy, autosave: true
  has_many :personal_access_tokens, dependent: :destroy
  has_many :oauth_access_tokens, foreign_key: :resource_owner_id, inverse_of: :resource_owner, dependent: :destroy
  has_many :keys, -> { of_users }, inverse_of: :user, dependent: :destroy
  has_many :members, dependent: :destroy
  has_many :created_projects, class_name: 'Project', foreign_key: :creator_id, inverse_of: :creator,
                              dependent: :nullify

  # Seeds have no mail server, and root needs no welcome.
  attr_accessor :skip_welcome

  validates :username, presence: true, length: { maximum: 255 }, format: { with: USERNAME, allow_blank: true },
                       uniqueness: { case_sensitive: false }
  validates :name, presence: true, length: { maximum: 255 }
  validates :email, presence: true, format: { with: URI::MailTo::EMAIL_REGEXP, allow_blank: true },
                    uniqueness: { case_sensitive: false }
  validate :username_is_free, if: :username_changed?

  before_save :ensure_namespace
  after_create_commit :send_welcome, unless: :skip_welcome

  scope :admins, -> { where(admin: true) }
  scope :active, -> { where(state: 'active') }
  scope :blocked, -> { where(state: 'blocked') }

  searchable_by :username, :name, :email

  def self.find_by_username(name) = find_by('lower(username) = ?', name.to_s.downcase)

  def self.find_by_login(login)
    login = login.to_s.downcase
    find_by('lower(username) = :login OR lower(email) = :login', login: login)
  end

  def active? = state == 'active'
  def blocked? = state == 'blocked'
  def block! = update!(state: 'blocked')
  def activate! = update!(state: 'active')
  def to_param = username
  def to_reference = "@#{username}"

  def record_sign_in(remote_ip)
    update_columns(sign_in_count: sign_in_count + 1, last_sign_in_at: current_sign_in_at || Time.current,
                   last_sign_in_ip: current_sign_in_ip || remote_ip, current_sign_in_at: Time.current,
                   current_sign_in_ip: remote_ip)
  end

  private

  def ensure_namespace
    (namespace || build_namespace).assign_attributes(name: name, path: username)
  end

  def username_is_free
    taken = Namespace.where('lower(path) = ?', username.to_s.downcase)
    taken = taken.where.not(id: namespace.id) if namespace&.persisted?
    errors.add(:username, 'has already been taken') if taken.exists? && errors[:username].empty?
    errors.add(:username, 'is a reserved name') if Namespace::RESERVED.include?(username)
  end

  def send_welcome = Notify.new_user_email(id).deliver_later
end
