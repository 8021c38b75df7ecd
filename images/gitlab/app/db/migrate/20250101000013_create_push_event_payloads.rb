# frozen_string_literal: true

class CreatePushEventPayloads < ActiveRecord::Migration[7.2]
  def change
    create_table :push_event_payloads, id: false do |t|
      t.references :event, null: false, foreign_key: { on_delete: :cascade }, primary_key: true
      t.integer :commit_count, null: false
      t.string :action, :ref_type, :ref, null: false
      t.string :commit_from, :commit_to, :commit_title
      t.integer :ref_count
    end
  end
end
