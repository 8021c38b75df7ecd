# frozen_string_literal: true

# Who and what the present request or job is about; every JSON log line carries it.
class Current < ActiveSupport::CurrentAttributes
  attribute :correlation_id, :user, :caller_id, :remote_ip
  # How often and how long this request or job has asked Gitaly.
  attribute :gitaly_calls, default: 0
  attribute :gitaly_seconds, default: 0.0

  def meta
    {
      'meta.caller_id' => caller_id,
      'meta.remote_ip' => remote_ip,
      'meta.user' => user&.username,
      'meta.client_id' => user && "user/#{user.id}"
    }.compact
  end
end
