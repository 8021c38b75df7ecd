# frozen_string_literal: true

module Gitlab
  class GitAccess
    # One line of what a push wants to change.
    Change = Struct.new(:old, :new, :ref) do
      # A ref's name may hold any bytes but a blank.
      def self.parse(text)
        text.to_s.each_line(chomp: true).filter_map { |line| new(*line.split(' ', 3)) if line.count(' ') >= 2 }
      end

      def kind
        return :branch if Git.branch_name(ref)

        Git.tag_name(ref) ? :tag : :other
      end

      def name = Git.branch_name(ref) || Git.tag_name(ref)
      def created? = Git.blank_sha?(old)
      def deleted? = Git.blank_sha?(new)
      def updated? = !created? && !deleted?
    end
  end
end
