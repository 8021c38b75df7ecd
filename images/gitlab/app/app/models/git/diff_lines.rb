# frozen_string_literal: true

module Git
  # Numbers the lines of a unified diff.
  class DiffLines
    HUNK = /\A@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

    def initialize(patch) = @patch = patch

    def to_a
      @old = @new = 0
      @patch.each_line(chomp: true).map { |line| read(line) }
    end

    private

    def read(line)
      return hunk(line) if line.match?(HUNK)

      case line[0]
      when '+' then Diff::Line.new(:added, nil, step_new, line[1..])
      when '-' then Diff::Line.new(:removed, step_old, nil, line[1..])
      when '\\' then Diff::Line.new(:note, nil, nil, line[2..])
      else Diff::Line.new(:same, step_old, step_new, line[1..].to_s)
      end
    end

    def hunk(line)
      @old, @new = line.match(HUNK).captures.map { |number| number.to_i - 1 }
      Diff::Line.new(:hunk, nil, nil, line)
    end

    def step_old = @old += 1
    def step_new = @new += 1
  end
end
