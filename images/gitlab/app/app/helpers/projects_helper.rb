# frozen_string_literal: true

module ProjectsHelper
  EVENT_KINDS = { 'Issue' => 'issues', 'MergeRequest' => 'merge_requests' }.freeze

  # Where the signed-in user may create a project; a list to choose from, so bounded.
  def creatable_namespaces
    groups = current_user.admin? ? Group.all : member_groups
    [current_user.namespace] + groups.order(:path).limit(200).to_a
  end

  def event_line(event)
    subject = event.target_title
    safe_join([user_link(event.author), ' ', event.action_name, ' ', event_target(event, subject)].compact)
  end

  # A part of the project's navigation; its kinds are the parts of addresses that belong to it.
  def project_tab(text, path, *kinds, shape:)
    inside = kinds.any? { |kind| request.path.match?(%r{\A/#{Regexp.escape(@project.full_path)}/-/#{kind}(/|\z)}i) }
    link_to safe_join([icon(shape), text]), path, 'aria-current': inside || current_page?(path) ? 'page' : nil
  end

  private

  def member_groups
    developer = Member::LEVELS[:developer]
    Group.where(id: current_user.members.where(source_type: 'Namespace', access_level: developer..).select(:source_id))
  end

  def event_target(event, subject)
    return push_target(event.payload) if event.is_a?(PushEvent)

    record = event.target.is_a?(Note) ? event.target.noteable : event.target
    return tag.span('something that is gone', class: 'quiet') unless EVENT_KINDS.key?(record.class.name)

    link_to "#{record.to_reference} #{subject}", "/#{@project.full_path}/-/#{EVENT_KINDS[record.class.name]}/#{record.iid}"
  end

  def push_target(payload)
    count = payload.commit_count.positive? ? " (#{pluralize(payload.commit_count, 'commit')})" : ''
    return "#{payload.ref_type} #{payload.ref}" if payload.commit_to.nil?

    safe_join([payload.ref_type, ' ', link_to(payload.ref, "/#{@project.full_path}/-/tree/#{ERB::Util.url_encode(payload.ref).gsub('%2F', '/')}"), count])
  end
end
