# frozen_string_literal: true

class CreatePushRulesAndProtectedTags < ActiveRecord::Migration[7.2]
  def change
    create_table :push_rules do |t|
      t.references :project, null: false, foreign_key: true, index: { unique: true }
      t.string :commit_message_regex, :commit_message_negative_regex, :branch_name_regex, :author_email_regex, :file_name_regex
      t.boolean :deny_delete_tag, :member_check, :prevent_secrets, default: false, null: false
      t.integer :max_file_size, default: 0, null: false
      t.timestamps
    end

    create_table :protected_tags do |t|
      t.references :project, null: false, foreign_key: true, index: false
      t.string :name, null: false
      t.integer :create_access_level, limit: 2, default: 40, null: false
      t.timestamps
      t.index %i[project_id name], unique: true
    end
  end
end
