# frozen_string_literal: true

module Git
  # A change that was possible to ask for and was not made: a hook or an access check declined it, the
  # ref has moved, a file is there already. The message is for the person who asked.
  class Refused < StandardError
    # The answers of Gitaly's operations that carry a reason, by the kind of their operation.
    TYPES = %i[UserCommitFilesError UserMergeBranchError UserDeleteBranchError UserCreateBranchError UserCreateTagError
               UserCherryPickError UserRebaseConfirmableError].freeze
    # By status: what the person did wrong. Anything else is a failure of the machine.
    REASONS = [Gitlab::Git::FailedPrecondition, Gitlab::Git::InvalidArgument, Gitlab::Git::AlreadyExists].freeze
    # GitLab's marks around what a hook means for people.
    MARK = /^GL-(?:HOOK-)?ERR:\s*/

    # What the internal API said to a hook, where an operation passes it on as text.
    HOOK_TEXT = /GitLab: (.+)\z/m

    def self.from(error)
      reason = reason(error) || error.details.to_s[HOOK_TEXT, 1]
      return new(reason) if reason
      return new(error.details.to_s.sub(/\A\w/, &:upcase)) if REASONS.any? { |type| error.is_a?(type) } || index_error?(error)

      nil
    end

    def self.reason(error)
      TYPES.each do |name|
        type = Gitaly.const_get(name)
        detail = error.detail(type) or next

        return text(detail.public_send(detail.error))
      end
      nil
    end

    def self.text(detail)
      case detail
      when Gitaly::AccessCheckError then detail.error_message.presence
      when Gitaly::CustomHookError then hook_text(detail)
      when Gitaly::MergeConflictError then 'Merge conflict'
      when Gitaly::ReferenceUpdateError then "Could not update #{Text.utf8(detail.reference_name)}. Please refresh and try again."
      when Gitaly::ReferenceExistsError then "Tag #{Text.utf8(detail.reference_name).delete_prefix('refs/tags/')} already exists"
      end
    end

    # Only the marked lines are meant for people; a hook without any may have written nothing fit to show.
    def self.hook_text(detail)
      lines = "#{Text.utf8(detail.stderr)}\n#{Text.utf8(detail.stdout)}".lines.map(&:strip)
      lines.grep(MARK).map { |line| line.sub(MARK, '') }.join("\n").presence || 'The change was declined by a hook.'
    end

    # NotFound is the repository, except where a file's action says it.
    def self.index_error?(error)
      error.detail(Gitaly::UserCommitFilesError)&.index_update.present?
    end
  end
end
