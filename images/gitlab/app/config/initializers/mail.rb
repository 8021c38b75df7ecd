# frozen_string_literal: true

# `reconfigure` adds smtp_settings.rb beside this file when gitlab_rails['smtp_enable'] is set; it is
# loaded later and wins.
ActiveSupport.on_load(:action_mailer) do
  add_delivery_method :mail_log, Gitlab::MailLog
  self.delivery_method = :mail_log unless Rails.env.test?
  self.perform_deliveries = Gitlab::Settings.gitlab['email_enabled'] != false
  self.default_url_options = { host: Gitlab::Settings.host, protocol: Gitlab::Settings.https? ? 'https' : 'http' }
end
