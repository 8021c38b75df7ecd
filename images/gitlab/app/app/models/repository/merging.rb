# frozen_string_literal: true

class Repository
  # Merging one commit into a branch.
  module Merging
    # The merge commit. Gitaly makes it and tells its identifier; the branch moves once that is confirmed.
    def merge(user, source_sha, target_branch, message)
      queue = Queue.new << merge_request(user, source_sha, target_branch, message)
      changing do
        answers = send_stream(:operation_service, :user_merge_branch, until_nil(queue))
        merge_commit = answers.next.commit_id
        yield merge_commit if block_given?
        queue << Gitaly::UserMergeBranchRequest.new(apply: true) << nil
        answers.next.branch_update
      end.commit_id
    ensure
      queue&.push(nil)
    end

    # The merge commit in a ref of its own; nil where the two conflict.
    def merge_to_ref(user, source_sha, target_branch, ref)
      operate(:user_merge_to_ref, user, source_sha: source_sha, target_ref: ref.b, message: 'Merge'.b,
                                        first_parent_ref: "refs/heads/#{target_branch}".b, timestamp: timestamp(Time.current)).commit_id
    rescue Gitlab::Git::FailedPrecondition
      nil
    end

    private

    def merge_request(user, source_sha, target_branch, message)
      Gitaly::UserMergeBranchRequest.new(repository: gitaly_repository, user: gitaly_user(user), commit_id: source_sha,
                                         branch: target_branch.b, message: message.b, timestamp: timestamp(Time.current))
    end

    def until_nil(queue)
      Enumerator.new do |out|
        while (request = queue.pop)
          out << request
        end
      end
    end
  end
end
