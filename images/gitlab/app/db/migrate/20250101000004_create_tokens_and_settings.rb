# frozen_string_literal: true

class CreateTokensAndSettings < ActiveRecord::Migration[7.2]
  def change
    create_table :personal_access_tokens do |t|
      t.references :user, null: false, foreign_key: true
      t.string :name, null: false
      t.string :token_digest
      t.string :scopes, array: true, default: [], null: false
      t.text :description
      t.boolean :revoked, :impersonation, default: false, null: false
      t.date :expires_at
      t.datetime :last_used_at
      t.timestamps
      t.index :token_digest, unique: true
    end

    create_table :oauth_access_tokens do |t|
      t.references :resource_owner, null: false, foreign_key: { to_table: :users }
      t.string :token_digest, null: false, index: { unique: true }
      t.string :scopes, array: true, default: [], null: false
      t.integer :expires_in, null: false
      t.datetime :revoked_at
      t.datetime :created_at, null: false
    end

    create_table :application_settings do |t|
      t.string :health_check_access_token, :uuid
      t.text :runners_registration_token_encrypted
      t.boolean :signup_enabled, default: false, null: false
      t.integer :default_project_visibility, default: 0, null: false
      t.timestamps
    end
  end
end
