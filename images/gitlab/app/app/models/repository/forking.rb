# frozen_string_literal: true

class Repository
  # What two repositories do with each other.
  module Forking
    # This repository begins as a copy of that one.
    def create_as_fork(source)
      call(:repository_service, :create_fork, :CreateForkRequest, source_repository: source.gitaly_repository, remote: true)
    end

    # That repository's branch becomes a ref here, with all that it needs; false when there is no such branch.
    def fetch_source_branch(source, branch, ref)
      call(:repository_service, :fetch_source_branch, :FetchSourceBranchRequest, source_repository: source.gitaly_repository,
                                                                                  source_branch: branch.b, target_ref: ref.b, remote: true).result
    end
  end
end
