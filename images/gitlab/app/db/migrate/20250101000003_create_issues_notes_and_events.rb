# frozen_string_literal: true

class CreateIssuesNotesAndEvents < ActiveRecord::Migration[7.2]
  def change
    enable_extension 'pg_trgm'
    issues
    notes
    events
  end

  private

  def issues
    create_table :issues do |t|
      t.integer :iid, null: false
      t.string :title, null: false
      t.text :description
      t.references :project, null: false, foreign_key: true, index: false
      t.references :author, null: false, foreign_key: { to_table: :users }
      t.references :closed_by, foreign_key: { to_table: :users }, index: false
      t.integer :state_id, limit: 2, default: 1, null: false
      t.string :labels, array: true, default: [], null: false
      t.integer :user_notes_count, default: 0, null: false
      t.datetime :closed_at
      t.timestamps
      t.index %i[project_id iid], unique: true
      t.index %i[project_id state_id created_at]
      t.index :title, using: :gin, opclass: :gin_trgm_ops, name: 'index_issues_on_title_trigram'
    end

    create_table :internal_ids do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.integer :usage, :last_value, null: false
      t.index %i[project_id usage], unique: true
    end
  end

  def notes
    create_table :notes do |t|
      t.text :note, null: false
      t.references :noteable, polymorphic: true, null: false
      t.references :project, null: false, foreign_key: true
      t.references :author, null: false, foreign_key: { to_table: :users }
      t.boolean :system, default: false, null: false
      t.timestamps
    end
  end

  def events
    create_table :events do |t|
      t.references :project, foreign_key: true, index: false
      t.references :author, null: false, foreign_key: { to_table: :users }
      t.references :target, polymorphic: true
      t.string :action, null: false
      t.timestamps
      t.index %i[project_id id]
    end
  end
end
