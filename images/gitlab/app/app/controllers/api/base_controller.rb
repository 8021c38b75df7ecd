# frozen_string_literal: true

module Api
  # API v4. The concerns hold what every resource shares.
  class BaseController < ActionController::API
    include Api::Errors
    include Api::Authentication
    include Api::Parameters
    include Api::Pagination
    include LogsRequest

    before_action :note_request
    before_action :authenticate!

    skip_before_action :authenticate!, only: :not_found_route

    def not_found_route = render(json: { error: '404 Not Found' }, status: :not_found)

    private

    # GitLab names no charset, and there are clients that compare the whole header.
    def process_action(*)
      super
      response.charset = false if response.media_type == 'application/json'
    end

    def note_request
      Current.caller_id = "#{request.request_method} #{api_route}"
      Current.remote_ip = request.remote_ip
    end

    def api_route = "/api/:version#{request.route_uri_pattern.to_s.delete_prefix('/api/v4').delete_suffix('(.:format)')}"

    def project_access = @project_access ||= ProjectAccess.new(current_user)

    def find_project!(key)
      project = Project.find_by_path_or_id(key)
      project && project_access.read?(project) ? project : not_found!('Project')
    end
  end
end
