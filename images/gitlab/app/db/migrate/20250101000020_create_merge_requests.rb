# frozen_string_literal: true

class CreateMergeRequests < ActiveRecord::Migration[7.2]
  def change
    create_table :merge_requests do |t|
      t.integer :iid, null: false
      t.string :title, :source_branch, :target_branch, null: false
      t.text :description
      t.references :project, null: false, foreign_key: true, index: false
      t.references :author, null: false, foreign_key: { to_table: :users }
      t.references :merged_by, :closed_by, foreign_key: { to_table: :users }, index: false
      t.integer :state_id, limit: 2, default: 1, null: false
      t.string :labels, array: true, default: [], null: false
      t.integer :user_notes_count, default: 0, null: false
      t.boolean :remove_source_branch, default: false, null: false
      t.datetime :merged_at, :closed_at
      revisions(t)
      t.timestamps
      t.index %i[project_id iid], unique: true
      t.index %i[project_id state_id created_at]
      t.index %i[project_id source_branch]
      t.index %i[project_id target_branch]
    end
  end

  private

  # What is compared, what became of it, and for which two commits that was found out.
  def revisions(table)
    table.string :diff_base_sha, :diff_start_sha, :diff_head_sha, :merge_commit_sha, :in_progress_merge_commit_sha, :merge_status_for
    table.string :merge_status, default: 'unchecked', null: false
  end
end
