# frozen_string_literal: true

class CreatePushEventPayloads < ActiveRecord::Migration[7.2]
  def change
    add_column :events, :type, :string
    create_table :push_event_payloads, id: false do |t|
      t.bigint :event_id, primary_key: true
      t.integer :commit_count, null: false
      t.string :action, :ref_type, :ref, null: false
      t.string :commit_from, :commit_to, :commit_title
      t.integer :ref_count
    end
    add_foreign_key :push_event_payloads, :events, on_delete: :cascade
  end
end
