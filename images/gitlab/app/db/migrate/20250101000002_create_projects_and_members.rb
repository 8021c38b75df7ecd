# frozen_string_literal: true

class CreateProjectsAndMembers < ActiveRecord::Migration[7.2]
  def change
    create_table :projects do |t|
      t.string :name, :path, null: false
      t.text :description
      t.references :namespace, null: false, foreign_key: true, index: false
      t.references :creator, foreign_key: { to_table: :users }
      t.integer :visibility_level, default: 0, null: false
      t.boolean :pending_delete, default: false, null: false
      t.datetime :last_activity_at, null: false
      t.timestamps
      t.index 'namespace_id, lower(path)', unique: true, name: 'index_projects_on_namespace_id_and_lower_path'
      t.index :last_activity_at
    end

    create_table :members do |t|
      t.references :source, polymorphic: true, null: false, index: false
      t.references :user, null: false, foreign_key: true
      t.integer :access_level, null: false
      t.timestamps
      t.index %i[source_type source_id user_id], unique: true
    end
  end
end
