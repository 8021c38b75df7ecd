# frozen_string_literal: true

# Hands out issue numbers a project (iid); one statement, so that two requests never get the same.
class InternalId < ApplicationRecord
  belongs_to :project

  USAGES = { issues: 0, merge_requests: 1 }.freeze

  def self.generate_next(project, usage)
    connection.select_value(sanitize_sql([<<~SQL.squish, { project: project.id, usage: USAGES.fetch(usage) }]))
      INSERT INTO internal_ids (project_id, usage, last_value) VALUES (:project, :usage, 1)
      ON CONFLICT (project_id, usage) DO UPDATE SET last_value = internal_ids.last_value + 1
      RETURNING last_value
    SQL
  end
end
