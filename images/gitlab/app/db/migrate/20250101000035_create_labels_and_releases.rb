# frozen_string_literal: true

class CreateLabelsAndReleases < ActiveRecord::Migration[7.2]
  def change
    # Issues and merge requests name their labels; this is what else is known of them.
    create_table :labels do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.string :title, null: false
      t.string :color, null: false
      t.text :description
      t.timestamps
      t.index %i[project_id title], unique: true
    end

    create_table :releases do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.references :author, null: false, foreign_key: { to_table: :users }, index: false
      t.string :tag, :name, null: false
      t.text :description
      t.datetime :released_at, null: false
      t.timestamps
      t.index %i[project_id tag], unique: true
    end
  end
end
