# frozen_string_literal: true

class AddForks < ActiveRecord::Migration[7.2]
  def change
    add_reference :projects, :forked_from_project, foreign_key: { to_table: :projects, on_delete: :nullify }
    add_column :projects, :forks_count, :integer, default: 0, null: false
    # Empty once the fork is gone.
    add_reference :merge_requests, :source_project, foreign_key: { to_table: :projects, on_delete: :nullify }
  end
end
