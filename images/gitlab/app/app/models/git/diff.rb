# frozen_string_literal: true

module Git
  # What happened to one file between two commits.
  class Diff
    Line = Struct.new(:kind, :old_number, :new_number, :text)

    attr_reader :patch

    # The parts in which Gitaly sent it; the first says which file it is.
    def initialize(parts)
      @head = parts.first
      @parts = parts
      @patch = Text.utf8(parts.map(&:raw_patch_data).join)
    end

    def old_path = Text.utf8(@head.from_path)
    def new_path = Text.utf8(@head.to_path)
    def old_mode = mode(@head.old_mode)
    def new_mode = mode(@head.new_mode)
    def new_file? = @head.old_mode.zero?
    def deleted_file? = @head.new_mode.zero?
    def renamed_file? = !new_file? && !deleted_file? && old_path != new_path
    def mode_changed? = !new_file? && !deleted_file? && @head.old_mode != @head.new_mode
    def binary? = @parts.any?(&:binary)
    def too_large? = @parts.any?(&:too_large)
    def collapsed? = @parts.any?(&:collapsed)
    def submodule? = [@head.old_mode, @head.new_mode].include?(0o160000)
    def path = deleted_file? ? old_path : new_path
    # The page shows a line instead of a patch that is none.
    def shown? = !binary? && !too_large? && !collapsed? && patch.present?
    def additions = lines.count { |line| line.kind == :added }
    def deletions = lines.count { |line| line.kind == :removed }
    def lines = @lines ||= DiffLines.new(patch).to_a

    private

    def mode(number) = number.zero? ? '0' : format('%o', number)
  end
end
