# frozen_string_literal: true

module Entities
  # Labels and releases.
  module Planning
    FORMATS = %w[zip tar.gz tar.bz2 tar].freeze

    module_function

    def label(label, counts: false, **)
      fields = { id: label.id, name: label.title, description: label.description, description_html: ERB::Util.html_escape(label.description.to_s),
                 text_color: '#FFFFFF', color: label.color, subscribed: false, priority: nil, is_project_label: true }
      counts ? fields.merge(counted(label)) : fields
    end

    def counted(label)
      issues, merge_requests = label.carriers
      { open_issues_count: issues.opened.count, closed_issues_count: issues.closed.count, open_merge_requests_count: merge_requests.opened.count }
    end

    def release(release, **)
      project = release.project
      commit = project.repository.tag(release.tag)&.commit
      { tag_name: release.tag, description: release.description, name: release.name, created_at: release.created_at,
        released_at: release.released_at, upcoming_release: release.upcoming?, author: Users.basic(release.author),
        commit: commit && Repository.commit(commit, project: project), commit_path: commit && "/#{project.full_path}/-/commit/#{commit.id}",
        tag_path: "/#{project.full_path}/-/tags/#{Git::RefName.in_url(release.tag)}", assets: assets(release), evidences: [], _links: links(release) }.compact
    end

    def assets(release)
      tag = Git::RefName.in_url(release.tag)
      sources = FORMATS.map { |format| { format: format, url: "#{release.project.web_url}/-/archive/#{tag}/#{release.project.path}-#{release.tag}.#{format}" } }
      { count: sources.size, sources: sources, links: [] }
    end

    # The page about the release is that of its tag.
    def links(release) = { self: "#{release.project.web_url}/-/tags/#{Git::RefName.in_url(release.tag)}" }
  end
end
