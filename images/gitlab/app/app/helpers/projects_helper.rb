# frozen_string_literal: true

module ProjectsHelper
  # Where the signed-in user may create a project; a list to choose from, so bounded.
  def creatable_namespaces
    groups = current_user.admin? ? Group.all : member_groups
    [current_user.namespace] + groups.order(:path).limit(200).to_a
  end

  def event_line(event)
    subject = event.target_title
    safe_join([user_link(event.author), ' ', event.action_name, ' ', event_target(event, subject)].compact)
  end

  private

  def member_groups
    developer = Member::LEVELS[:developer]
    Group.where(id: current_user.members.where(source_type: 'Namespace', access_level: developer..).select(:source_id))
  end

  def event_target(event, subject)
    issue = event.target.is_a?(Note) ? event.target.noteable : event.target
    return tag.span('something that is gone', class: 'quiet') unless issue.is_a?(Issue)

    link_to "#{issue.to_reference} #{subject}", "/#{@project.full_path}/-/issues/#{issue.iid}"
  end
end
