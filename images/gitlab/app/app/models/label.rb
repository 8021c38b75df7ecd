# frozen_string_literal: true

# A word that issues and merge requests carry, and its colour.
class Label < ApplicationRecord
  include Searchable

  DEFAULT_COLOR = '#6699cc'

  belongs_to :project

  before_validation { self.color = color.presence || DEFAULT_COLOR }

  validates :title, presence: true, length: { maximum: 255 }, uniqueness: { scope: :project_id }, format: { without: /[,&?]/ }
  validates :color, format: { with: /\A#\h{3}(\h{3})?\z/, message: 'must be a valid color code' }

  after_destroy { carriers.each { |records| records.update_all(['labels = array_remove(labels, ?)', title]) } }
  after_update { carriers(title_before_last_save).each { |records| records.update_all(['labels = array_replace(labels, ?, ?)', title_before_last_save, title]) } if saved_change_to_title? }

  searchable_by :title

  # A label that is used is there from then on.
  def self.learn(project, titles)
    return if titles.empty?

    now = Time.current
    rows = titles.map { |title| { project_id: project.id, title: title, color: DEFAULT_COLOR, created_at: now, updated_at: now } }
    insert_all(rows, unique_by: %i[project_id title])
  end

  # The project's issues and merge requests that have it.
  def carriers(name = title) = [project.issues, project.merge_requests].map { |records| records.where('labels @> ARRAY[?]::varchar[]', [name]) }
end
