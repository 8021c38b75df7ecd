# frozen_string_literal: true

class CreateApprovals < ActiveRecord::Migration[7.2]
  def change
    create_table :approvals do |t|
      t.references :merge_request, null: false, foreign_key: { on_delete: :cascade }, index: false
      t.references :user, null: false, foreign_key: true, index: false
      t.timestamps
      t.index %i[merge_request_id user_id], unique: true
    end

    # The job that rebases it now, and why the last one, or a merge, went wrong.
    add_column :merge_requests, :rebase_jid, :string
    add_column :merge_requests, :merge_error, :string
  end
end
