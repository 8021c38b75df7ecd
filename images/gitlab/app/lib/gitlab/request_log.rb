# frozen_string_literal: true

module Gitlab
  # production_json.log (pages, through lograge) and api_json.log share their fields.
  module RequestLog
    module_function

    # Lograge's own fields with GitLab's names and units.
    def page(data, event)
      data.slice(:method, :path, :format, :controller, :action, :status).merge(fields(event))
    end

    def api(event)
      payload = event.payload
      head = { severity: 'INFO', method: payload[:method], path: payload[:path].to_s.split('?').first,
               status: payload[:status] || 500 }
      head.merge(fields(event))
    end

    def fields(event)
      payload = event.payload
      { time: Time.now.utc.iso8601(3), params: params(payload[:params]) }
        .merge(payload[:fields] || {}, timings(event), error(payload), pid: Process.pid, worker_id: 'puma_master')
    end

    def timings(event)
      payload = event.payload
      { db_count: payload[:queries_count].to_i, db_duration_s: seconds(payload[:db_runtime]),
        view_duration_s: seconds(payload[:view_runtime]), cpu_s: seconds(event.cpu_time),
        duration_s: seconds(event.duration) }.merge(GitalyClient::Instrumentation.fields)
    end

    def params(hash)
      hash.to_h.except('controller', 'action', 'format').map { |key, value| { key: key, value: value } }
    end

    def error(payload)
      exception = payload[:exception_object] || payload[:rescued]
      exception ? ErrorTracking.fields(exception) : {}
    end

    def seconds(milliseconds) = (milliseconds.to_f / 1000).round(5)
  end
end
