# frozen_string_literal: true

module Gitlab
  # Gitlab::CurrentSettings.signup_enabled? and the like, as typed in consoles.
  module CurrentSettings
    module_function

    def current_application_settings = ApplicationSetting.current

    def method_missing(name, ...) = ApplicationSetting.current.public_send(name, ...)

    def respond_to_missing?(name, private = false) = ApplicationSetting.method_defined?(name) || super
  end
end
