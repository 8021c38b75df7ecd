# frozen_string_literal: true

module Api
  class SidekiqMetricsController < BaseController
    before_action :require_admin!

    def queue_metrics = render(json: { queues: metrics.queues })
    def process_metrics = render(json: { processes: metrics.processes })
    def job_stats = render(json: { jobs: metrics.job_stats })

    def compound_metrics
      render json: { queues: metrics.queues, processes: metrics.processes, jobs: metrics.job_stats }
    end

    private

    def metrics = @metrics ||= SidekiqMetrics.new
  end
end
