# frozen_string_literal: true

module Api
  module Internal
    # The API between GitLab Shell, Gitaly and the application.
    class BaseController < ActionController::API
      include Api::Errors
      include Api::Parameters
      include LogsRequest

      # JSON bodies are the parameters; a second copy would only fill the log.
      wrap_parameters false

      HEADER = 'Gitlab-Shell-Api-Request'

      before_action :note_request
      before_action :authenticate_by_shell_token!

      private

      def note_request
        Current.caller_id = "#{request.request_method} #{api_route}"
        Current.remote_ip = params[:check_ip].presence || request.remote_ip
      end

      def api_route = "/api/:version#{request.route_uri_pattern.to_s.delete_prefix('/api/v4').delete_suffix('(.:format)')}"

      def authenticate_by_shell_token!
        unauthorized! unless Gitlab::JwtSecret.shell.verified?(request.headers[HEADER])
      end

      def actor
        @actor ||= Gitlab::GitAccess::Actor.from_params(params).tap { |actor| Current.user = actor.user }
      end

      # Shell names the project by its path, Gitaly by its gl_repository.
      def project
        return @project if defined?(@project)

        number = params[:gl_repository].to_s[/\Aproject-(\d+)\z/, 1]
        @project = number ? Project.find_by(id: number) : Project.find_by_full_path(params[:project].to_s.delete_prefix('/').delete_suffix('.git'))
      end

      # What these older calls answer instead of an HTTP error.
      def failure(message) = render(json: { success: false, message: message })
    end
  end
end
