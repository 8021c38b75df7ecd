# frozen_string_literal: true

Rails.application.config.filter_parameters += %i[password token secret private_key]

Rails.application.configure do
  api = ->(event) { event.payload[:controller].to_s.start_with?('Api::') }

  # production.log keeps Rails' own lines; the JSON goes beside it.
  config.lograge.enabled = true
  config.lograge.keep_original_rails_log = true
  config.lograge.logger = ActiveSupport::Logger.new(Gitlab::JsonLogger.append(Gitlab.log_path('production_json.log')))
  config.lograge.ignore_custom = api
  config.lograge.custom_options = ->(event) { { event: event } }
  config.lograge.formatter = ->(data) { Gitlab::RequestLog.page(data, data.delete(:event)).to_json }

  ActiveSupport::Notifications.subscribe('process_action.action_controller') do |event|
    Gitlab::JsonLogger.api.info(Gitlab::RequestLog.api(event)) if api.call(event)
  end
end
