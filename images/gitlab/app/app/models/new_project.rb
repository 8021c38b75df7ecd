# frozen_string_literal: true

# Creates a project and, where that is wished, its first commit.
class NewProject
  attr_reader :project

  # The namespace may be among the attributes.
  def initialize(creator, namespace, attributes, readme: false)
    @creator = creator
    @readme = readme
    @project = Project.new(attributes.merge({ creator: creator, namespace: namespace }.compact))
  end

  # Like a record's own: false when the project is not valid.
  def save = @project.save.tap { |saved| commit_readme if saved && @readme }

  def create!
    save || raise(ActiveRecord::RecordInvalid, @project)
    @project
  end

  private

  # After the transaction, as Gitaly's hooks ask for the project by way of the internal API. A project
  # without its README is still a project.
  def commit_readme
    text = ["# #{@project.name}", @project.description.presence].compact.join("\n\n")
    action = Git::FileAction.new('create', 'README.md', content: "#{text}\n")
    @project.repository.commit_files(@creator, branch: @project.default_branch_name, message: 'Initial commit', actions: [action])
  rescue Git::Refused, Gitlab::Git::CommandError => e
    Gitlab::ErrorTracking.log_exception(e, project_id: @project.id)
  end
end
