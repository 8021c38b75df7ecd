# frozen_string_literal: true

# A commit that a person makes through the API or a page, without a working copy.
class NewCommit
  MOVED = 'You are attempting to update a file that has changed since you started editing it.'

  def initialize(project, user, params)
    @project = project
    @user = user
    @params = params
  end

  def create_from_actions
    list = @params[:actions]
    raise Git::Refused, 'actions is invalid' unless list.is_a?(Array) && list.any? && list.all? { |one| one.respond_to?(:key?) }

    commit list.map { |one| file_action(one) }
  end

  # One file: `type` is create, update or delete.
  def change_file(type, path)
    check_unchanged(path, @params[:last_commit_id])
    actions = [Git::FileAction.new(type, path, content: type == 'delete' ? nil : content(@params), executable: executable?(@params))]
    # An update keeps the mode, so that changing it is a step of its own.
    actions << Git::FileAction.new('chmod', path, executable: executable?(@params)) if type == 'update' && @params.key?(:execute_filemode)
    commit actions
  end

  private

  delegate :repository, to: :@project

  def commit(actions)
    check_branches
    repository.commit_files(@user, branch: branch, message: @params[:commit_message].to_s, actions: actions,
                                   start_branch: start_branch, start_sha: @params[:start_sha], author_name: @params[:author_name],
                                   author_email: @params[:author_email], force: force?)
  end

  def branch = @params[:branch].to_s
  def start_branch = @params[:start_branch].presence || (@params[:start_sha].present? ? nil : branch)
  def force? = cast(@params[:force])

  def check_branches
    raise Git::Refused, 'You can only create or edit files when you are on a branch' unless Git::RefName.plain?(branch)
    return if repository.empty?

    exists = repository.branch(branch)
    if new_branch?
      raise Git::Refused, "A branch called '#{branch}' already exists. Switch to that branch in order to make changes" if exists && !force?
    elsif !exists
      raise Git::Refused, 'You can only create or edit files when you are on a branch'
    end
  end

  def new_branch? = @params[:start_sha].present? || (@params[:start_branch].present? && @params[:start_branch] != branch)

  def file_action(one)
    type = one[:action].to_s
    raise Git::Refused, "Unknown action '#{type}'" unless Git::FileAction::TYPES.key?(type)

    path = one[:file_path].to_s
    check_unchanged(path, one[:last_commit_id]) unless type == 'create'
    Git::FileAction.new(type, path, content: one.key?(:content) ? content(one) : nil, previous_path: one[:previous_path],
                                    executable: executable?(one))
  end

  def check_unchanged(path, known)
    return if known.blank?

    last = repository.last_commit_for(start_branch || @params[:start_sha].to_s, path)
    raise Git::Refused, MOVED if last && last.id != known
  end

  def content(fields)
    text = fields[:content].to_s
    fields[:encoding] == 'base64' ? Base64.decode64(text) : text
  end

  def executable?(fields) = cast(fields[:execute_filemode])
  def cast(value) = ActiveModel::Type::Boolean.new.cast(value) || false
end
