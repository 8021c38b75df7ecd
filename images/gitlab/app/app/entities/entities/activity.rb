# frozen_string_literal: true

module Entities
  # Events and members of a project.
  module Activity
    module_function

    def event(event, **)
      { id: event.id, project_id: event.project_id, action_name: event.action_name, target_id: event.target_id,
        target_iid: event.target_iid, target_type: event.target_type, author_id: event.author_id,
        target_title: event.target_title, created_at: event.created_at, author: Users.basic(event.author),
        author_username: event.author.username }.merge(push(event))
    end

    def push(event)
      return {} unless event.is_a?(PushEvent)

      data = event.payload
      { push_data: { commit_count: data.commit_count, action: data.action, ref_type: data.ref_type, commit_from: data.commit_from,
                     commit_to: data.commit_to, ref: data.ref, commit_title: data.commit_title, ref_count: data.ref_count } }
    end

    def member(member, **)
      Users.basic(member.user).merge(access_level: member.access_level, created_at: member.created_at, expires_at: nil)
    end
  end
end
