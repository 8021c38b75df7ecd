# frozen_string_literal: true

module Entities
  module Issues
    module_function

    def full(issue, **)
      path = issue.project.full_path
      state(issue).merge(
        author: Users.basic(issue.author), assignees: [], assignee: nil, type: 'ISSUE', issue_type: 'issue',
        labels: issue.labels, milestone: nil, upvotes: 0, downvotes: 0, confidential: false, discussion_locked: nil,
        due_date: nil, user_notes_count: issue.user_notes_count, web_url: Entities.url(path, '-/issues', issue.iid),
        references: { short: issue.to_reference, relative: issue.to_reference, full: "#{path}#{issue.to_reference}" },
        _links: links(issue)
      )
    end

    def state(issue)
      { id: issue.id, iid: issue.iid, project_id: issue.project_id, title: issue.title,
        description: issue.description, state: issue.state, created_at: issue.created_at,
        updated_at: issue.updated_at, closed_at: issue.closed_at, closed_by: Users.basic(issue.closed_by) }
    end

    def links(issue)
      project = Entities.api_url('projects', issue.project_id)
      base = "#{project}/issues/#{issue.iid}"
      { self: base, notes: "#{base}/notes", project: project }
    end

    def discussion(note, **) = { id: discussion_id(note), individual_note: true, notes: [note(note)] }
    def discussion_id(note) = Digest::SHA1.hexdigest("discussion-#{note.id}")

    def note(note, **)
      { id: note.id, type: nil, body: note.note, author: Users.basic(note.author), created_at: note.created_at,
        updated_at: note.updated_at, system: note.system, noteable_id: note.noteable_id,
        noteable_type: note.noteable_type, project_id: note.project_id, noteable_iid: note.noteable.iid,
        resolvable: false, confidential: false, internal: false }
    end
  end
end
