# frozen_string_literal: true

class CreateUsersAndNamespaces < ActiveRecord::Migration[7.2]
  def change
    create_table :users do |t|
      t.string :username, :name, :email, :encrypted_password, null: false
      t.boolean :admin, default: false, null: false
      t.string :state, default: 'active', null: false
      t.integer :sign_in_count, default: 0, null: false
      t.datetime :confirmed_at, :confirmation_sent_at, :current_sign_in_at, :last_sign_in_at
      t.string :current_sign_in_ip, :last_sign_in_ip
      t.timestamps
      t.index 'lower(username)', unique: true, name: 'index_users_on_lower_username'
      t.index 'lower(email)', unique: true, name: 'index_users_on_lower_email'
    end

    create_table :namespaces do |t|
      t.string :type, :name, :path, null: false
      t.text :description
      t.integer :visibility_level, default: 0, null: false
      t.references :owner, foreign_key: { to_table: :users }
      t.timestamps
      t.index 'lower(path)', unique: true, name: 'index_namespaces_on_lower_path'
    end
  end
end
