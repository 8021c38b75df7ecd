# frozen_string_literal: true

class CreateDeployTokens < ActiveRecord::Migration[7.2]
  def change
    create_table :deploy_tokens do |t|
      t.references :project, null: false, foreign_key: true
      t.string :name, :username, null: false
      t.string :token_digest, null: false, index: { unique: true }
      t.string :scopes, array: true, default: [], null: false
      t.boolean :revoked, default: false, null: false
      t.datetime :expires_at
      t.timestamps
    end
  end
end
