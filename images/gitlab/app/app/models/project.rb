# frozen_string_literal: true

class Project < ApplicationRecord
  include Visibility
  include HasMembers
  include Searchable

  belongs_to :namespace
  belongs_to :creator, class_name: 'User', optional: true
  belongs_to :forked_from_project, class_name: 'Project', optional: true, counter_cache: :forks_count
  has_many :issues, dependent: :delete_all
  has_many :merge_requests, dependent: :delete_all
  has_many :notes, dependent: :delete_all
  has_many :labels, dependent: :delete_all
  has_many :releases, dependent: :delete_all
  has_many :commit_notes, dependent: :delete_all
  has_many :events, dependent: :delete_all
  has_many :internal_ids, dependent: :delete_all
  has_many :protected_branches, dependent: :delete_all
  has_many :protected_tags, dependent: :delete_all
  has_one :push_rule, dependent: :delete
  has_many :deploy_keys_projects, dependent: :destroy
  has_many :deploy_tokens, dependent: :delete_all
  has_many :deploy_keys, through: :deploy_keys_projects

  before_validation :derive_path
  before_create { self.last_activity_at ||= Time.current }
  after_create :create_repository

  validates :name, presence: true, length: { maximum: 255 }, uniqueness: { scope: :namespace_id }
  validates :path, presence: true, length: { maximum: 255 }, format: { with: Namespace::PATH, allow_blank: true },
                   uniqueness: { scope: :namespace_id, case_sensitive: false }
  validates :description, length: { maximum: 2000 }

  scope :without_deleted, -> { where(pending_delete: false) }
  scope :by_activity, -> { order(last_activity_at: :desc, id: :desc) }

  searchable_by :name, :path, :description

  def self.find_by_full_path(full_path)
    space, path = full_path.to_s.downcase.split('/', 2)
    joins(:namespace).find_by('lower(namespaces.path) = ? AND lower(projects.path) = ?', space, path)
  end

  def self.find_by_path_or_id(key) = key.to_s.match?(/\A\d+\z/) ? find_by(id: key) : find_by_full_path(key)

  def self.visible_to(user) = ProjectAccess.new(user).projects

  def full_path = "#{namespace.path}/#{path}"
  def full_name = "#{namespace.name} / #{name}"
  alias path_with_namespace full_path
  alias name_with_namespace full_name

  def repository = @repository ||= Repository.new(self)

  # Given when the project is created: the first branch's name, and whether it gets a first commit.
  attr_accessor :initial_branch, :initialize_with_readme

  # What a new repository calls its first branch.
  def default_branch_name = initial_branch.presence || ApplicationSetting.current.default_branch_name.presence || 'main'

  def protected_branch?(branch) = ProtectedBranch.rules_for(self, branch).any?
  def protected_tag?(tag) = ProtectedTag.rules_for(self, tag).any?

  def web_url = "#{Gitlab::Settings.base_url}/#{full_path}"
  def http_url_to_repo = "#{web_url}.git"

  # The short form has no place for a port.
  def ssh_url_to_repo
    port = Gitlab::Settings.gitlab_shell.fetch('ssh_port', 22).to_i
    host = Gitlab::Settings.ssh_host
    port == 22 ? "git@#{host}:#{full_path}.git" : "ssh://git@#{host}:#{port}/#{full_path}.git"
  end

  def touch_activity = update_columns(last_activity_at: Time.current)

  private

  # A project without a repository is of no use: neither is kept when Gitaly fails.
  def create_repository
    forked_from_project ? repository.create_as_fork(forked_from_project.repository) : repository.create
  rescue Gitlab::Git::CommandError => e
    Gitlab::ErrorTracking.log_exception(e, project_id: id, project_path: full_path)
    errors.add(:base, 'Failed to create repository')
    raise ActiveRecord::RecordInvalid, self
  end

  def derive_path
    self.name = path if name.blank?
    self.path = name.to_s.parameterize if path.blank?
  end
end
