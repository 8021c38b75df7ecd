# frozen_string_literal: true

class Issue < ApplicationRecord
  include Searchable
  include Labelled

  STATES = { 'opened' => 1, 'closed' => 2 }.freeze

  belongs_to :project
  belongs_to :author, class_name: 'User'
  belongs_to :closed_by, class_name: 'User', optional: true
  has_many :notes, as: :noteable, dependent: :delete_all

  validates :title, presence: true, length: { maximum: 255 }
  validates :description, length: { maximum: 1_048_576 }

  before_create { self.iid ||= InternalId.generate_next(project, :issues) }
  after_create_commit { NewIssueWorker.perform_async(id, author_id) }

  scope :opened, -> { where(state_id: STATES['opened']) }
  scope :closed, -> { where(state_id: STATES['closed']) }

  searchable_by :title, :description

  def self.in_state(name) = STATES.key?(name) ? where(state_id: STATES[name]) : all

  def state = STATES.key(state_id)
  def opened? = state == 'opened'
  def closed? = state == 'closed'
  def to_param = iid.to_s
  def to_reference = "##{iid}"

  def close(user)
    return if closed?

    change_state('closed', user, closed_at: Time.current, closed_by: user)
  end

  def reopen(user)
    return if opened?

    change_state('reopened', user, closed_at: nil, closed_by: nil)
  end

  private

  def change_state(action, user, **attributes)
    transaction do
      update!(state_id: STATES[action == 'closed' ? 'closed' : 'opened'], **attributes)
      project.events.create!(author: user, target: self, action: action)
    end
  end
end
