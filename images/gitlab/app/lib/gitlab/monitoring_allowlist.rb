# frozen_string_literal: true

require 'ipaddr'

module Gitlab
  # gitlab_rails['monitoring_whitelist']: who may see the health endpoints.
  module MonitoringAllowlist
    DEFAULT = %w[127.0.0.0/8 ::1/128].freeze

    module_function

    def include?(address)
      ip = IPAddr.new(address)
      ranges.any? { |range| range.include?(ip) }
    rescue IPAddr::Error
      false
    end

    def ranges
      Array(Settings.monitoring['ip_whitelist'] || DEFAULT).map { |text| IPAddr.new(text) }
    end
  end
end
