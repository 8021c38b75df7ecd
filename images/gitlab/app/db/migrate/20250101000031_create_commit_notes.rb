# frozen_string_literal: true

class CreateCommitNotes < ActiveRecord::Migration[7.2]
  def change
    create_table :commit_notes do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.references :author, null: false, foreign_key: { to_table: :users }, index: false
      t.string :commit_id, null: false
      t.text :note, null: false
      t.string :path, :line_type
      t.integer :line
      t.timestamps
      t.index %i[project_id commit_id]
    end
  end
end
