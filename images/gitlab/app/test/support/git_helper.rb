# frozen_string_literal: true

# Repositories with content, committed through Gitaly as the API does it.
module GitHelper
  def commit_files(project, user, files, branch: 'main', message: 'Change', start: nil)
    actions = files.map { |path, content| Git::FileAction.new('create', path, content: content) }
    project.repository.commit_files(user, branch: branch, message: message, actions: actions, start_branch: start || branch)
  end

  def update_file(project, user, path, content, branch: 'main', message: 'Update', start: nil)
    actions = [Git::FileAction.new('update', path, content: content)]
    project.repository.commit_files(user, branch: branch, message: message, actions: actions, start_branch: start || branch)
  end

  def delete_file(project, user, path, branch: 'main')
    project.repository.commit_files(user, branch: branch, message: 'Delete', actions: [Git::FileAction.new('delete', path)], start_branch: branch)
  end

  # A project of that user with a README and a file in a folder.
  def make_code_project(user, path: 'shop', **)
    project = make_project(user.namespace, path: path, creator: user, **)
    commit_files(project, user, { 'README.md' => "# Shop\n\nSee [the manual](docs/manual.md).\n", 'docs/manual.md' => "Manual\n",
                                  'app.rb' => "# A comment\nputs 'hello'\n" }, message: 'Begin')
    project
  end
end
