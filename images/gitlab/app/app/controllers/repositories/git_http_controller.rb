# frozen_string_literal: true

module Repositories
  # Git over HTTP: the answer tells Workhorse which repository on which Gitaly, or the client why not.
  class GitHttpController < ActionController::API
    include ActionController::HttpAuthentication::Basic
    include LogsRequest
    include VerifiesWorkhorse

    DENIED = 'HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or ' \
             "you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, " \
             'or improperly scoped. See %s/help/topics/git/troubleshooting_git.md#error-on-git-fetch-http-basic-access-denied'

    before_action :note_request
    before_action :authenticate

    rescue_from Gitlab::GitAccess::Forbidden, with: ->(error) { render plain: error.message, status: :forbidden }
    rescue_from Gitlab::GitAccess::NotFound, with: :not_found

    def info_refs = permit(params[:service].to_s)
    def upload_pack = permit('git-upload-pack')
    def receive_pack = permit('git-receive-pack')

    private

    def permit(command)
      Gitlab::GitAccess.new(actor, project, protocol: 'http', abilities: abilities).check!(command)
      render json: payload(command), content_type: CONTENT_TYPE
    end

    def payload(command)
      repository = project.repository
      { GL_ID: actor.gl_id, GL_USERNAME: actor.username, GL_REPOSITORY: repository.gl_repository, ShowAllRefs: false,
        GitConfigOptions: Gitlab::Git::ConfigOptions.for(command),
        Repository: repository.identity.merge(git_object_directory: '', git_alternate_object_directories: []),
        GitalyServer: Gitlab::GitalyClient.connection_data(repository.storage) }
    end

    # Nobody may fetch what is public; everything else asks for a name first, and so tells nothing
    # about what exists.
    def authenticate
      return challenge if given? && credentials.nil?
      return if credentials || anonymous?

      challenge
    end

    def anonymous?
      fetching = action_name == 'upload_pack' || (action_name == 'info_refs' && params[:service] == 'git-upload-pack')
      fetching && project&.public? && !project.pending_delete?
    end

    def challenge
      response.headers['WWW-Authenticate'] = 'Basic realm="GitLab"'
      render plain: format(DENIED, Gitlab::Settings.base_url), status: :unauthorized
    end

    # With a name, it is said plainly; without, one is asked for first.
    def not_found(error)
      credentials ? render(plain: error.message, status: :not_found) : challenge
    end

    def given? = has_basic_credentials?(request)

    def credentials
      return @credentials if defined?(@credentials)

      @credentials = given? ? Gitlab::GitCredentials.find(*user_name_and_password(request)) : nil
    end

    def actor = @actor ||= Gitlab::GitAccess::Actor.new(user: credentials&.user, deploy_token: credentials&.deploy_token)
    def abilities = credentials ? credentials.abilities : %i[download]
    def project = @project ||= Project.find_by_full_path("#{params[:namespace_id]}/#{params[:project_id].delete_suffix('.git')}")

    def note_request
      Current.caller_id = "#{self.class.name}##{action_name}"
      Current.remote_ip = request.remote_ip
      Current.user = actor.user
    end
  end
end
