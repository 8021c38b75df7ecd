# frozen_string_literal: true

# Addresses and parts of a repository's pages.
module RepositoryHelper
  # repository_path(project, 'tree', 'feature/x', 'docs') => "/ada/shop/-/tree/feature/x/docs"
  def repository_path(project, kind, *parts)
    tail = parts.compact_blank.map { |part| Git::RefName.in_url(part) }
    ["/#{project.full_path}/-/#{kind}", *tail].join('/')
  end

  # The folders above a file, each a link.
  def path_links(ref, path)
    names = path.split('/')
    links = names.each_index.map do |index|
      last = index == names.size - 1
      last ? tag.span(names[index], 'aria-current': 'page') : link_to(names[index], repository_path(@project, 'tree', ref, names[0..index].join('/')))
    end
    safe_join([link_to(@project.path, repository_path(@project, 'tree', ref)), *links], ' / ')
  end

  def commit_link(commit, **) = link_to(commit.title.presence || commit.short_id, repository_path(@project, 'commit', commit.id), **)

  def short_sha(commit)
    link_to tag.code(commit.short_id), repository_path(@project, 'commit', commit.id), class: 'sha', 'aria-label': "Commit #{commit.short_id}"
  end

  def commit_author(commit) = tag.span(commit.author_name, class: 'person', title: commit.author_email)

  def entry_link(entry, ref)
    return "#{entry.name} @ #{entry.id[0, 8]}" if entry.submodule?

    link_to entry.name, repository_path(@project, entry.tree? ? 'tree' : 'blob', ref, entry.path)
  end

  def entry_icon(entry)
    return 'folder' if entry.tree?
    return 'module' if entry.submodule?

    entry.link? ? 'link' : 'file'
  end

  def entry_kind(entry)
    return 'Folder' if entry.tree?
    return 'Submodule' if entry.submodule?

    entry.link? ? 'Symbolic link' : 'File'
  end

  def diff_totals(additions, deletions)
    safe_join([tag.span("+#{additions}", class: 'added', 'aria-label': pluralize(additions, 'line') + ' added'), ' ',
               tag.span("−#{deletions}", class: 'removed', 'aria-label': pluralize(deletions, 'line') + ' removed')])
  end

  def diff_name(diff)
    return safe_join([diff.old_path, ' → ', diff.new_path]) if diff.renamed_file?

    diff.path
  end

  # What happened to the file beyond its lines.
  def diff_facts(diff)
    [('new file' if diff.new_file?), ('deleted' if diff.deleted_file?), ('renamed' if diff.renamed_file?), ('binary' if diff.binary?),
     ("mode #{diff.old_mode} → #{diff.new_mode}" if diff.mode_changed?)].compact
  end

  # Why there is nothing to see.
  def diff_placeholder(diff)
    return 'The content of a binary file is not shown.' if diff.binary?
    return 'This diff is too large to be shown.' if diff.too_large?
    return 'This diff is collapsed, as the whole is very large.' if diff.collapsed?

    'No lines were changed.'
  end

  DIFF_SIGNS = { added: '+', removed: '-', same: ' ' }.freeze

  def diff_sign(line) = DIFF_SIGNS.fetch(line.kind, '')

  # Branches and tags to choose from; a commit stands for itself.
  def ref_choices(current)
    groups = { 'Branches' => repository.branch_names, 'Tags' => repository.tag_names }.reject { |_, names| names.empty? }
    groups = { 'Commit' => [current] }.merge(groups) unless groups.values.any? { |names| names.include?(current) }
    grouped_options_for_select(groups, current)
  end
end
