# frozen_string_literal: true

module Api
  module Internal
    # May this push or fetch go on? Shell asks before it speaks to Gitaly, and Gitaly's pre-receive
    # hook once more with what is to change. Nothing here asks Gitaly unless it is Gitaly who asks:
    # when it is away, people read so from Shell.
    class AccessController < BaseController
      rescue_from Gitlab::GitAccess::Forbidden, with: ->(error) { refusal(:unauthorized, error.message) }
      rescue_from Gitlab::GitAccess::NotFound, with: ->(error) { refusal(:not_found, error.message) }

      rescue_from Gitlab::Git::Unavailable do |error|
        Gitlab::ErrorTracking.log_exception(error)
        refusal(:service_unavailable, 'The git server, Gitaly, is not available at this time. Please contact your administrator.')
      end

      def allowed
        access.check!(command, params[:changes], env: params[:env])
        actor.key&.touch_last_used
        render json: answer
      end

      private

      def access = Gitlab::GitAccess.new(actor, project, protocol: params[:protocol])

      def answer
        { status: true, message: nil, gl_id: actor.gl_id, gl_username: actor.username, gl_repository: project.repository.gl_repository,
          gl_project_path: project.full_path, git_config_options: options, gl_console_messages: [],
          gitaly: gitaly, need_audit: false }.merge(actor.key_details)
      end

      def gitaly
        storage = project.repository_storage
        { repository: project.repository.identity, address: Gitlab::GitalyClient.address(storage),
          token: Gitlab::GitalyClient.token(storage), features: {} }
      end

      def options = Gitlab::Git::ConfigOptions.for(command)

      # Rails keeps the controller's action under the same name, so the body's is read by itself.
      def command = request.request_parameters['action'].to_s

      def refusal(status, message) = render(json: { status: false, message: message }, status: status)
    end
  end
end
