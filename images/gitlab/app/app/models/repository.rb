# frozen_string_literal: true

# The Git repository of a project, which only Gitaly touches.
class Repository
  include Rpc
  include Refs
  include Commits
  include Trees
  include Blobs
  include Diffs
  include Readme
  include Operations
  include Merging
  include Caching
  include Forking
  include Picking
  include Pushed

  attr_reader :project

  delegate :full_path, to: :project

  def initialize(project) = @project = project

  def storage = project.repository_storage
  def gl_repository = "project-#{project.id}"

  # Hashed storage: the place never changes, whatever the project is called.
  def disk_path
    hash = Digest::SHA256.hexdigest(project.id.to_s)
    "@hashed/#{hash[0, 2]}/#{hash[2, 2]}/#{hash}"
  end

  def relative_path = "#{disk_path}.git"

  # The message that every call to Gitaly names its repository with.
  def gitaly = @gitaly ||= Gitaly::Repository.new(**identity)
  alias gitaly_repository gitaly

  # While the pre-receive hook runs, what is pushed lies in a directory of its own, which only a
  # question that names it sees. env: what the hook tells, as JSON.
  def in_quarantine(env)
    directories = JSON.parse(env.presence || '{}')
    object_directory = directories['GIT_OBJECT_DIRECTORY_RELATIVE'] or return self

    dup.tap do |copy|
      copy.gitaly = Gitaly::Repository.new(**identity, git_object_directory: object_directory,
                                           git_alternate_object_directories: directories['GIT_ALTERNATE_OBJECT_DIRECTORIES_RELATIVE'].to_a)
    end
  end

  # The same as plain fields, for Workhorse and GitLab Shell.
  def identity
    { storage_name: storage, relative_path: relative_path, gl_repository: gl_repository, gl_project_path: full_path }
  end

  # Any call that is not made by name below; see Gitlab::GitalyClient. A request that is given by its
  # class's name is filled in with the repository and the fields. remote: Gitaly is to fetch from another
  # repository, and is told how.
  def call(service, rpc, request, timeout: :default, remote: false, **fields)
    request = Gitaly.const_get(request).new(repository: gitaly, **fields) if request.is_a?(Symbol)
    Gitlab::GitalyClient.call(storage, service, rpc, request, timeout: timeout, remote: remote)
  end

  def exists? = whole(:repository_exists).exists

  def create(default_branch = project.default_branch_name)
    whole(:create_repository, default_branch: default_branch.b)
  end

  # Gone is gone, also when it was so before.
  def remove
    whole(:remove_repository)
  rescue Gitlab::Git::NoRepository
    nil
  end

  # Without a branch there is nothing to read yet.
  def empty? = !whole(:has_local_branches).value

  # The default branch; nil while nothing was pushed.
  def root_ref
    name = call(:ref_service, :find_default_branch_name, :FindDefaultBranchNameRequest, timeout: :fast).name
    Gitlab::Git.branch_name(name.dup.force_encoding(Encoding::UTF_8).scrub)
  end

  def checksum = whole(:calculate_checksum, timeout: :long).checksum

  # What git fsck complains about; empty when all is well.
  def fsck = whole(:fsck, timeout: :long).error.dup.force_encoding(Encoding::UTF_8).scrub

  protected

  attr_writer :gitaly

  private

  # The calls about the repository as a whole, whose requests are named after them.
  def whole(rpc, timeout: :fast, **)
    call(:repository_service, rpc, :"#{rpc.to_s.camelize}Request", timeout: timeout, **)
  end
end
