# frozen_string_literal: true

module Git
  # Who wrote which lines of a file last, read from what `git blame --porcelain` writes.
  class Blame
    include Enumerable

    Part = Struct.new(:commit_id, :lines)

    HEADER = /\A(\h{40,64}) \d+ \d+( \d+)?\z/

    def initialize(porcelain) = @porcelain = porcelain

    # Lines of one commit that follow each other are one part.
    def each(&)
      lines.chunk_while { |one, other| one.first == other.first }.map { |part| Part.new(part.first.first, part.map(&:last)) }.each(&)
    end

    private

    # [[commit, text], ...]: a tab marks the text, and the header above says whose it is.
    def lines
      commit = nil
      @porcelain.split("\n").filter_map do |line|
        commit = line[HEADER, 1] || commit
        [commit, Text.utf8(line.delete_prefix("\t"))] if line.start_with?("\t")
      end
    end
  end
end
