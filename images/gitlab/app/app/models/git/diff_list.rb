# frozen_string_literal: true

module Git
  # The files of a diff, cut off at the limits: then `overflow?`.
  class DiffList
    include Enumerable

    def initialize(files, overflow: false)
      @files = files
      @overflow = overflow
    end

    def overflow? = @overflow
    def each(&) = @files.each(&)
    def size = @files.size
    def empty? = @files.empty?
    def additions = sum(&:additions)
    def deletions = sum(&:deletions)
  end
end
