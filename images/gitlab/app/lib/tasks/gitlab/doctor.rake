# frozen_string_literal: true

require 'logger'

namespace :gitlab do
  namespace :doctor do
    desc 'GitLab | Doctor | Check that every encrypted value can be decrypted'
    task secrets: :environment do
      Gitlab::DoctorSecrets.new(Logger.new($stdout), verbose: ENV['VERBOSE'] == '1').run
    end
  end
end
