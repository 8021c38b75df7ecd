# frozen_string_literal: true

# What follows a push, after the one who pushed has the answer. By GitLab's name and queue.
class PostReceive
  include ApplicationWorker

  sidekiq_options queue: 'post_receive'

  # changes: base64, as a ref's name may be no UTF-8.
  def perform(gl_repository, identifier, changes)
    project = Project.find_by(id: gl_repository[/\Aproject-(\d+)\z/, 1]) or return

    user = Gitlab::GitAccess::Actor.from_identifier(identifier).user
    Push.new(project, user, Base64.strict_decode64(changes).force_encoding(Encoding::UTF_8)).process
  end
end
