# frozen_string_literal: true

module Gitlab
  module Git
    # What Gitaly hands to git with -c for one transfer.
    module ConfigOptions
      FETCH = %w[uploadpack.allowFilter=true uploadpack.allowAnySHA1InWant=true].freeze

      module_function

      def for(command) = GitAccess::PUSH.include?(command) ? push : FETCH

      # The administrator's "maximum push size", in megabytes; git itself refuses what is larger.
      def push
        size = ApplicationSetting.current.receive_max_input_size.to_i
        size.positive? ? ["receive.maxInputSize=#{size.megabytes}"] : []
      end
    end
  end
end
