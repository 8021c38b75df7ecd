# frozen_string_literal: true

# Counts of the whole instance, for the admin page and /application/statistics.
class Statistics
  def counts
    { users: User.count, active_users: User.active.count, groups: Group.count,
      projects: Project.without_deleted.count, issues: Issue.count, notes: Note.count }
  end
end
