# frozen_string_literal: true

class Repository
  # What changes a repository on behalf of a user. Gitaly runs its hooks, which ask our internal API,
  # so that protected branches and limits hold here as they do for a push.
  module Operations
    def create_branch(user, name, start_point)
      raw = changing { operate(:user_create_branch, user, branch_name: name.b, start_point: start_point.b) }.branch
      Git::Branch.new(raw.name, raw.target_commit)
    end

    def delete_branch(user, name) = changing { operate(:user_delete_branch, user, branch_name: name.b) }

    def create_tag(user, name, target, message = nil)
      raw = changing do
        operate(:user_create_tag, user, tag_name: name.b, target_revision: target.b, message: message.to_s.b, timestamp: timestamp(Time.current))
      end.tag
      Git::Tag.new(raw)
    end

    def delete_tag(user, name) = changing { operate(:user_delete_tag, user, tag_name: name.b) }

    # The new commit's identifier. What the actions are: Git::FileAction.
    def commit_files(user, branch:, message:, actions:, **)
      header = commit_header(user, branch, message, **)
      requests = [Gitaly::UserCommitFilesRequest.new(header: header)].each + actions.lazy.flat_map(&:requests).each
      changing { send_stream(:operation_service, :user_commit_files, requests) }.branch_update.commit_id
    end

    # Writes a ref that belongs to no user, such as those of merge requests.
    def write_ref(ref, oid) = ask(:repository_service, :write_ref, ref: ref.b, revision: oid.b)

    # Makes another branch the default one.
    def change_head(name)
      write_ref('HEAD', "refs/heads/#{name}")
      expire_caches
    end

    private

    def operate(rpc, user, **) = ask(:operation_service, rpc, user: gitaly_user(user), **)

    def gitaly_user(user)
      { gl_id: "user-#{user.id}", name: user.name.b, email: user.email.b, gl_username: user.username, timezone: 'UTC' }
    end

    def commit_header(user, branch, message, start_branch: nil, start_sha: nil, author_name: nil, author_email: nil, force: false)
      { repository: gitaly_repository, user: gitaly_user(user), branch_name: branch.b, commit_message: message.b,
        commit_author_name: author_name.to_s.b, commit_author_email: author_email.to_s.b, start_branch_name: start_branch.to_s.b,
        start_sha: start_sha.to_s, start_repository: gitaly_repository, force: force, timestamp: timestamp(Time.current) }
    end

    # An older kind of refusal is a field of the answer; either kind becomes Git::Refused.
    def changing
      answer = yield
      %i[pre_receive_error index_error].each do |field|
        text = answer.respond_to?(field) ? answer.public_send(field) : ''
        raise Git::Refused, text if text.present?
      end
      answer
    rescue Gitlab::Git::CommandError => e
      raise Git::Refused.from(e) || e
    ensure
      expire_caches
    end
  end
end
