# frozen_string_literal: true

# A page that needs Gitaly while it is away, or refuses: plain words here, gRPC's own in the log.
module RescuesGit
  extend ActiveSupport::Concern

  # Which answer is whose fault; anything else is a 500.
  STATUSES = { Gitlab::Git::Unavailable => :service_unavailable, Gitlab::Git::CommandTimedOut => :service_unavailable,
               Gitlab::Git::ResourceExhausted => :service_unavailable, Gitlab::Git::NoRepository => :not_found }.freeze

  included { rescue_from Gitlab::Git::Error, with: :render_git_error }

  private

  def render_git_error(error)
    Gitlab::ErrorTracking.log_exception(error, path: request.path)
    @rescued_exception = error
    @status = STATUSES.fetch(error.class, :internal_server_error)
    response.headers['Retry-After'] = '60' if @status == :service_unavailable
    render 'errors/git', status: @status, formats: :html
  end
end
