# frozen_string_literal: true

class ApplicationMailer < ActionMailer::Base
  default from: -> { email_address_with_name(Gitlab::Settings.email_from, Gitlab::Settings.email_display_name) }
  layout nil
end
