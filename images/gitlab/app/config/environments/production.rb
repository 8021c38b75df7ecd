# frozen_string_literal: true

Rails.application.configure do
  config.consider_all_requests_local = false
  config.action_controller.perform_caching = true
  config.log_level = :info
  config.active_support.report_deprecations = false
  config.action_mailer.perform_caching = false
end
