# frozen_string_literal: true

module Gitlab
  # The checks behind /-/readiness?all=1. A probe answers true, or what it saw instead; it may raise.
  # A further service gets a line in ALL. What there may be several of answers by its label.
  module HealthChecks
    ALL = {
      db_check: -> { ApplicationRecord.connection.select_value('SELECT 1') == 1 },
      cache_check: -> { ping(Redis::Cache) },
      queues_check: -> { ping(Redis::Queues) },
      shared_state_check: -> { ping(Redis::SharedState) },
      gitaly_check: -> { Settings.storages.keys.to_h { |shard| [{ shard: shard }, GitalyClient::Health.check(shard)] } },
      master_check: -> { true }
    }.freeze
    BASIC = ALL.slice(:master_check).freeze

    # The HTTP status and the JSON body.
    Report = Struct.new(:status, :body)

    module_function

    def ping(instance) = instance.with(&:ping) == 'PONG'

    def readiness(all: false)
      results = (all ? ALL : BASIC).to_h { |name, probe| [name, entries(name, probe.call)] }
      failed = results.values.flatten.any? { |entry| entry[:status] == 'failed' }
      Report.new(failed ? 503 : 200, { status: failed ? 'failed' : 'ok' }.merge(results))
    rescue StandardError => e
      Report.new(500, { status: 'failed', message: "#{e.class} : #{e.message}" })
    end

    def entries(name, value)
      return [result(name, value)] unless value.is_a?(Hash)

      value.map { |labels, answer| answer == true ? { status: 'ok', labels: labels } : { status: 'failed', message: answer.to_s, labels: labels } }
    end

    def result(name, value)
      return { status: 'ok' } if value == true

      title = name.to_s.delete_suffix('_check').capitalize
      { status: 'failed', message: "unexpected #{title} check result: #{value}" }
    end
  end
end
