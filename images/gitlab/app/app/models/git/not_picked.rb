# frozen_string_literal: true

module Git
  # A commit that cannot be picked or reverted by a machine. The code is GitLab's: conflict, or empty
  # when nothing would change.
  class NotPicked < StandardError
    attr_reader :code

    def initialize(code)
      @code = code.to_s
      super
    end
  end
end
