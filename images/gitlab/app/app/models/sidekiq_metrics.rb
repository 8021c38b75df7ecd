# frozen_string_literal: true

# Sidekiq's own figures, for the admin page and the API.
class SidekiqMetrics
  def queues
    # A queue exists in Redis only once a job was in it; the empty ones are served too.
    (known_queues | stats.queues.keys).index_with do |name|
      queue = Sidekiq::Queue.new(name)
      { backlog: queue.size, latency: queue.latency.to_i }
    end
  end

  def processes
    Sidekiq::ProcessSet.new.map do |process|
      { hostname: process['hostname'], pid: process['pid'], tag: process['tag'],
        started_at: Time.at(process['started_at']).utc, queues: process['queues'], labels: process['labels'],
        concurrency: process['concurrency'], busy: process['busy'] }
    end
  end

  def job_stats
    { processed: stats.processed, failed: stats.failed, enqueued: stats.enqueued, dead: stats.dead_size }
  end

  def retries = stats.retry_size
  def scheduled = stats.scheduled_size
  def recent_retries(limit) = Sidekiq::RetrySet.new.first(limit)

  private

  def stats = @stats ||= Sidekiq::Stats.new
  def known_queues = YAML.load_file(Rails.root.join('config/all_queues.yml'))
end
