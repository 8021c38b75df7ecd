# frozen_string_literal: true

# A branch that somebody wants to see in another one.
class MergeRequest < ApplicationRecord
  include Searchable
  include Labelled

  STATES = { 'opened' => 1, 'closed' => 2, 'merged' => 3, 'locked' => 4 }.freeze
  DRAFT = /\A\s*(\[draft\]|\(draft\)|draft:|draft\b)\s*/i

  belongs_to :project
  belongs_to :source_project, class_name: 'Project', optional: true
  belongs_to :author, class_name: 'User'
  belongs_to :merged_by, class_name: 'User', optional: true
  belongs_to :closed_by, class_name: 'User', optional: true
  has_many :approvals, dependent: :delete_all
  has_many :notes, as: :noteable, dependent: :delete_all

  validates :title, presence: true, length: { maximum: 255 }
  validates :description, length: { maximum: 1_048_576 }
  validates :source_branch, :target_branch, presence: true
  validates_with MergeRequests::BranchValidator, if: -> { opened? && (new_record? || target_branch_changed?) }

  after_initialize { self.source_project_id ||= project_id if new_record? }
  before_create { self.iid ||= InternalId.generate_next(project, :merge_requests) }
  before_create { revisions.assign }
  after_create_commit { revisions.keep_head }
  after_create_commit { project.events.create!(author: author, target: self, action: 'created') }

  scope :opened, -> { where(state_id: STATES['opened']) }

  searchable_by :title, :description

  def self.in_state(name) = STATES.key?(name) ? where(state_id: STATES[name]) : all

  # Whether that commit is a merge on its way into the branch: who may merge need not be allowed to push.
  def self.merging?(project, branch, commit)
    opened.exists?(project: project, target_branch: branch, in_progress_merge_commit_sha: commit)
  end

  def state = STATES.key(state_id)
  def opened? = state == 'opened'
  def closed? = state == 'closed'
  def merged? = state == 'merged'
  def draft? = title.match?(DRAFT)
  def to_param = iid.to_s
  def to_reference = "!#{iid}"
  def head_ref = "refs/merge-requests/#{iid}/head"
  def merge_ref = "refs/merge-requests/#{iid}/merge"
  def rebase_in_progress? = rebase_jid.present?
  def across_fork? = source_project_id != project_id

  def revisions = @revisions ||= MergeRequests::Revisions.new(self)
  def mergeability = @mergeability ||= MergeRequests::Mergeability.new(self)

  def close(user)
    return unless opened?

    change_state('closed', user, 'closed', closed_at: Time.current, closed_by: user)
  end

  def reopen(user)
    return unless closed?

    change_state('opened', user, 'reopened', closed_at: nil, closed_by: nil)
    revisions.refresh
  end

  def mark_merged(user, merge_commit_sha)
    change_state('merged', user, 'merged', merged_at: Time.current, merged_by: user, merge_commit_sha: merge_commit_sha,
                                           in_progress_merge_commit_sha: nil, merge_status: 'can_be_merged')
  end

  private

  def change_state(state, user, action, **attributes)
    transaction do
      update!(state_id: STATES[state], **attributes)
      project.events.create!(author: user, target: self, action: action)
    end
  end
end
