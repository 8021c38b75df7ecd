# frozen_string_literal: true

module Gitlab
  module SystemCheck
    # One line a storage, from Gitaly's own health service.
    module Gitaly
      module_function

      def run(out: $stdout)
        Settings.storages.keys.map do |storage|
          answer = GitalyClient::Health.check(storage)
          out.puts "Gitaly: ... #{storage} ... #{answer == true ? 'OK' : "FAIL: #{answer}"}"
          answer == true
        end.all?
      end
    end
  end
end
