# frozen_string_literal: true

class CreateKeys < ActiveRecord::Migration[7.2]
  def change
    # Users' SSH keys, and with type DeployKey those of projects.
    create_table :keys do |t|
      t.references :user, foreign_key: { on_delete: :nullify }
      t.string :type
      t.string :title, null: false
      t.text :key, null: false
      t.string :fingerprint
      t.string :fingerprint_sha256, null: false
      t.boolean :public, default: false, null: false
      t.datetime :last_used_at, :expires_at
      t.timestamps
      t.index :fingerprint_sha256, unique: true
    end

    create_table :deploy_keys_projects do |t|
      t.references :deploy_key, null: false, foreign_key: { to_table: :keys }
      t.references :project, null: false, foreign_key: true, index: false
      t.boolean :can_push, default: false, null: false
      t.timestamps
      t.index %i[project_id deploy_key_id], unique: true
    end
  end
end
