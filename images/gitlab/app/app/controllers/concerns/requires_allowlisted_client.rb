# frozen_string_literal: true

# The health endpoints answer only to monitoring_whitelist, or to whoever has the token.
module RequiresAllowlistedClient
  extend ActiveSupport::Concern

  included { before_action :require_allowlisted_client }

  private

  def require_allowlisted_client
    return if Gitlab::MonitoringAllowlist.include?(request.remote_ip) || valid_token?

    render file: Rails.public_path.join('404.html'), status: :not_found, layout: false, content_type: 'text/html'
  end

  # The database is asked only when a token was given: the checks must work without it.
  def valid_token?
    token = params[:token].presence || request.headers['TOKEN'].presence
    token.is_a?(String) &&
      ActiveSupport::SecurityUtils.secure_compare(token, ApplicationSetting.current.health_check_access_token)
  end
end
