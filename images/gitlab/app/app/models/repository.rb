# frozen_string_literal: true

# The Git repository of a project, which only Gitaly touches.
class Repository
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

  # The same as plain fields, for Workhorse and GitLab Shell.
  def identity
    { storage_name: storage, relative_path: relative_path, gl_repository: gl_repository, gl_project_path: full_path }
  end

  # Any call that is not made by name below; see Gitlab::GitalyClient.
  def call(service, rpc, request, timeout: :default)
    Gitlab::GitalyClient.call(storage, service, rpc, request, timeout: timeout)
  end

  def exists? = ask(:repository_exists, Gitaly::RepositoryExistsRequest).exists

  def create(default_branch = project.default_branch_name)
    ask(:create_repository, Gitaly::CreateRepositoryRequest, default_branch: default_branch.b)
  end

  # Gone is gone, also when it was so before.
  def remove
    ask(:remove_repository, Gitaly::RemoveRepositoryRequest)
  rescue Gitlab::Git::NoRepository
    nil
  end

  # Without a branch there is nothing to read yet.
  def empty? = !ask(:has_local_branches, Gitaly::HasLocalBranchesRequest).value

  # The default branch; nil while nothing was pushed.
  def root_ref
    request = Gitaly::FindDefaultBranchNameRequest.new(repository: gitaly)
    Gitlab::Git.branch_name(text(call(:ref_service, :find_default_branch_name, request, timeout: :fast).name))
  end

  def checksum = ask(:calculate_checksum, Gitaly::CalculateChecksumRequest, timeout: :long).checksum

  # What git fsck complains about; empty when all is well.
  def fsck = text(ask(:fsck, Gitaly::FsckRequest, timeout: :long).error)

  private

  # The calls of RepositoryService.
  def ask(rpc, request, timeout: :fast, **fields)
    call(:repository_service, rpc, request.new(repository: gitaly, **fields), timeout: timeout)
  end

  # Gitaly's bytes are mostly, but not always, UTF-8.
  def text(bytes) = bytes.dup.force_encoding(Encoding::UTF_8).scrub
end
