# frozen_string_literal: true

class CreateProtectedBranches < ActiveRecord::Migration[7.2]
  def change
    create_table :protected_branches do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.string :name, null: false
      t.integer :push_access_level, :merge_access_level, limit: 2, default: 40, null: false
      t.boolean :allow_force_push, default: false, null: false
      t.timestamps
      t.index %i[project_id name], unique: true
    end
  end
end
