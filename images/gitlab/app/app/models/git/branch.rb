# frozen_string_literal: true

module Git
  class Branch
    attr_reader :name, :commit

    def initialize(name, commit)
      @name = Text.utf8(name).delete_prefix('refs/heads/')
      @commit = commit && Commit.new(commit)
    end

    def ref = "refs/heads/#{name}"
  end
end
