# frozen_string_literal: true

class Repository
  # Commits that are made of others: picked, reverted, rebased. Each answers the new commit's identifier.
  # Gitaly asks for the branch as if it were another repository's, and so has to be told where that is.
  module Picking
    # dry_run: only find out whether it can be done.
    def cherry_pick(user, commit, branch, message, dry_run: false)
      answer = pick(:user_cherry_pick, user, commit, branch, message, dry_run: dry_run)
      answer.branch_update&.commit_id
    end

    # An older kind of refusal is a field of the answer.
    def revert(user, commit, branch, message, dry_run: false)
      answer = pick(:user_revert, user, commit, branch, message, dry_run: dry_run)
      raise Git::NotPicked, answer.create_tree_error_code == :EMPTY ? :empty : :conflict if answer.create_tree_error.present?

      answer.branch_update&.commit_id
    end

    # Puts the branch's commits on top of another repository's branch. Gitaly tells the new commit
    # and moves the branch once that is confirmed.
    def rebase(user, branch, branch_sha, onto:, onto_repository: self)
      header = { repository: gitaly_repository, user: gitaly_user(user), branch: branch.b, branch_sha: branch_sha, timestamp: timestamp(Time.current),
                 remote_repository: onto_repository.gitaly_repository, remote_branch: onto.b }
      queue = Queue.new << Gitaly::UserRebaseConfirmableRequest.new(header: header)
      changing do
        answers = send_stream(:operation_service, :user_rebase_confirmable, until_nil(queue), remote: true)
        rebased = answers.next.rebase_sha
        queue << Gitaly::UserRebaseConfirmableRequest.new(apply: true) << nil
        answers.next
        rebased
      end
    ensure
      queue&.push(nil)
    end

    private

    def pick(rpc, user, commit, branch, message, dry_run:)
      changing do
        operate(rpc, user, commit: commit.raw, branch_name: branch.b, message: message.b, dry_run: dry_run,
                           timestamp: timestamp(Time.current), remote: true)
      end
    rescue Git::Refused => e
      raise not_picked(e.cause) || e
    end

    # The two ways in which a commit does not fit.
    def not_picked(error)
      detail = error.respond_to?(:detail) && error.detail(Gitaly::UserCherryPickError)
      case detail&.error
      when :cherry_pick_conflict then Git::NotPicked.new(:conflict)
      when :changes_already_applied then Git::NotPicked.new(:empty)
      end
    end
  end
end
