# frozen_string_literal: true

module Gitlab
  # Where mails go while no SMTP server is configured: log/mail.log, one after the other.
  class MailLog
    attr_accessor :settings

    def initialize(settings) = @settings = settings

    def deliver!(mail)
      Gitlab.log_path('mail.log').open('a') do |file|
        file.write("From #{mail.from&.first} #{Time.now.utc.httpdate}\n#{mail.encoded}\n\n")
      end
    end
  end
end
