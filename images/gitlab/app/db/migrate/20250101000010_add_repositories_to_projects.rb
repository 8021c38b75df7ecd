# frozen_string_literal: true

class AddRepositoriesToProjects < ActiveRecord::Migration[7.2]
  def change
    add_column :projects, :repository_storage, :string, default: 'default', null: false
    add_column :application_settings, :default_branch_name, :string
    add_column :application_settings, :receive_max_input_size, :integer
    add_column :application_settings, :default_branch_protection, :integer, limit: 2, default: 2, null: false
    add_column :application_settings, :authorized_keys_enabled, :boolean, default: true, null: false
  end
end
