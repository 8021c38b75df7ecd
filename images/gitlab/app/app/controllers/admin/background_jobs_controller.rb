# frozen_string_literal: true

module Admin
  # What runs, what waits, what failed: read from Sidekiq's own API.
  class BackgroundJobsController < Admin::ApplicationController
    def show
      @metrics = SidekiqMetrics.new
    end
  end
end
