# frozen_string_literal: true

# /health_check and /health_check/<database|cache|migrations>[_…], answered in plain text.
class HealthCheckController < ActionController::Base
  include RequiresAllowlistedClient

  CHECKS = {
    'database' => -> { 'database cannot be reached' unless ApplicationRecord.connection.select_value('SELECT 1') == 1 },
    'migrations' => -> { 'migrations are pending' if ApplicationRecord.connection_pool.migration_context.needs_migration? },
    'cache' => -> { 'cache cannot be reached' unless Gitlab::HealthChecks.ping(Gitlab::Redis::Cache) }
  }.freeze

  def show
    problem = problems.first
    render plain: problem ? "health_check failed: #{problem}" : 'success', status: problem ? 500 : 200
  end

  private

  def problems
    requested.filter_map do |name|
      CHECKS.fetch(name) { -> { "invalid argument to health_test. (#{name})" } }.call
    rescue StandardError => e
      e.message
    end
  end

  def requested
    names = params.fetch(:checks, 'standard').split('_')
    names.flat_map { |name| %w[standard all full].include?(name) ? CHECKS.keys : name }.uniq
  end
end
