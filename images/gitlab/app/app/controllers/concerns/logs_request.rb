# frozen_string_literal: true

# What the JSON request logs tell beyond Rails' own fields.
module LogsRequest
  private

  def append_info_to_payload(payload)
    super
    payload[:fields] = { remote_ip: request.remote_ip, ua: request.user_agent, host: request.host,
                         route: (api_route if respond_to?(:api_route, true)), user_id: Current.user&.id, username: Current.user&.username,
                         correlation_id: Current.correlation_id }.compact.merge(Current.meta)
    payload[:rescued] = @rescued_exception
  end
end
