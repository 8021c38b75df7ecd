# frozen_string_literal: true

ENV['RAILS_ENV'] = 'test'
require_relative '../config/environment'
require 'rails/test_help'
require 'sidekiq/testing'
Sidekiq.logger.level = Logger::WARN
require_relative 'support/gitaly_server'
require_relative 'support/factories'
require_relative 'support/web_helper'
require_relative 'support/api_helper'
require_relative 'support/stubs'
require_relative 'support/git_helper'
require_relative 'support/shell_helper'

module ActiveSupport
  class TestCase
    include Factories
    include Stubs

    setup do
      Gitlab::Redis.pool.with(&:flushdb)
      Sidekiq::Job.clear_all
      ActionMailer::Base.deliveries.clear
    end
  end
end
