# frozen_string_literal: true

# What every worker of ours shares.
module ApplicationWorker
  extend ActiveSupport::Concern

  included { include Sidekiq::Job }
end
