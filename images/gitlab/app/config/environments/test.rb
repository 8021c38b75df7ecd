# frozen_string_literal: true

Rails.application.configure do
  config.consider_all_requests_local = false
  config.action_dispatch.show_exceptions = :all
  config.cache_store = :null_store
  config.action_controller.allow_forgery_protection = false
  config.active_support.deprecation = :stderr
  config.active_job.queue_adapter = :test
  config.log_level = :debug
  config.paths['log'] = Gitlab.log_path('test.log').to_s
  config.active_record.maintain_test_schema = false
  config.action_mailer.delivery_method = :test
end
